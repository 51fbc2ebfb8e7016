// The lesson on gradients through a class: summed over exactly, by the score function, and relaxed.
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/relaxed_one_hot.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/text.h"
#include "vae/exact/discrete.h"
#include "vae/gradients/score_function.h"

namespace tools {

namespace {

using namespace vae;

// The bound with y = softmax((l + g) / τ) in the place of a one-hot y, as if log p(y) = Σ_k y_k log p_k. [S]
Var at_relaxed_class(const Model& model, Var x, std::size_t samples, Real temperature, const Stream& stream) {
  const Density q = posterior(model, {}, x, samples), p = prior(model, {}, samples);
  const Var l = dynamic_cast<const nn::Categorical&>(*q).logits,
            c = dynamic_cast<const nn::Categorical&>(*p).logits;
  const Var y = nn::RelaxedOneHot(l, temperature).rsample(stream);
  return log_likelihood(model, x, {y}) + sum(y * (log_softmax(c, 1) - log_softmax(l, 1)), {1});
}

void through_a_class(Page& page) {
  Discrete model({4, {5}, LatentKind::one_hot}, Stream().at_epoch(20));
  const Array x = data_of(model, 1, 3);
  std::vector<double> truth;
  {
    Step step;
    truth = gradient_in_phi(model, model.expected_bound(constant(x)).elbo);
  }
  std::vector<std::vector<std::string>> rows;
  const auto found = [&](const std::string& name, const std::function<Var(Var x, const Stream&)>& value) {
    const Finding f =
        compared(repeated(4000,
                          [&](std::uint32_t n) {
                            Step step;
                            return gradient_in_phi(model, value(constant(x), Stream().at_epoch(n)));
                          }),
                 truth);
    rows.push_back({name, text("%.1f", std::abs(f.z)), text("%.3g", f.variance)});
    return f;
  };
  const Finding others = found("the score function, less the mean of the others' f",
                               [&](Var x, const Stream& s) { return leave_one_out(model, x, 5, s).value; });
  std::vector<Finding> relaxed;
  for (const double temperature : {1.0, 0.5, 0.1})
    relaxed.push_back(found(text("a relaxed class, τ = %g", temperature), [&](Var x, const Stream& s) {
      return mean(at_relaxed_class(model, x, 5, Real(temperature), s));
    }));
  rows.push_back({"the sum over the classes", "0", "0"});
  page.say(
      "One class of five; 4,000 estimates of 5 draws each, against the sum, which costs five evaluations "
      "too:");
  page.table({"estimator", "|z| of the worst entry", "variance of one, summed"}, rows);
  page.check(std::abs(others.z) < convicted_at, "the score function is unbiased");
  page.check(std::abs(relaxed[0].z) > convicted_at && std::abs(relaxed[1].z) > convicted_at,
             "a relaxed class has the gradient of another function");
  page.check(std::abs(relaxed[2].z) < convicted_at && relaxed[2].variance > relaxed[0].variance,
             "which comes near at a low temperature, with more variance");
}

}  // namespace

std::vector<Lesson> lessons_on_classes() {
  return {
      {"through-a-class", "B15", "A class that can be summed over needs no estimator of its gradient.",
       "Kingma et al. 2014, section 2.2; Maddison et al. 2017; Jang et al. 2017",
       "  Σ_k q_k f(k)   against   f(k) ∇ log q_k   and   f(softmax((l + g) / τ))", through_a_class,
       "vae/classes.h, vae/elbo.h (elbo_summed)"},
  };
}

}  // namespace tools
