// Lessons on gradients of expectations.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/gradients/path_derivative.h"
#include "vae/gradients/score_function.h"

namespace tools {

namespace {

using namespace vae;

Parameter& parameter_named(Model& model, const std::string& name) {
  for (const auto& [found, parameter] : model.parameters())
    if (found == name) return *parameter;
  throw std::logic_error("no parameter is named " + name);
}

// ∂/∂a of the bound, for the bias a of q, by n estimates of one draw each: [n]
std::vector<double> estimates(LinearGaussian& model, const Array& x, std::size_t n,
                              Var (*surrogate)(const LinearGaussian&, Var, const Stream&)) {
  Parameter& a = parameter_named(model, "posterior.0.bias");
  std::vector<double> all;
  for (std::uint32_t i = 0; i < n; ++i) {
    Step step;
    all.push_back(backward(sum(surrogate(model, constant(x), Stream().at_epoch(i))))[a](0));
  }
  return all;
}

// z = μ + σε carries the gradient.
Var by_path(const LinearGaussian& model, Var x, const Stream& stream) {
  return pathwise(model, x, 1, 1, stream).value;
}

// z is a number: ∇ E f = E f ∇ log q.
Var by_score(const LinearGaussian& model, Var x, const Stream& stream) {
  return score_function(model, x, 1, stream).value;
}

// z is a number, and nothing is done about it.
Var by_neither(const LinearGaussian& model, Var x, const Stream& stream) {
  const Latents z = stop_gradient(latents(infer(model, x, 1, stream)));
  return log_joint(model, x, z) - log_posterior(model, x, z);
}

void reparameterization(Page& page) {
  LinearGaussian model({3, {2}}, Stream().at_epoch(20));
  const Array x = array({1, 3}, {0.4, -0.8, 1.1});
  double truth = 0;
  {
    Step step;
    truth =
        backward(sum(model.expected_bound(constant(x)).elbo))[parameter_named(model, "posterior.0.bias")](0);
  }
  const std::size_t n = 4000;
  const Average path = average(estimates(model, x, n, by_path)),
                score = average(estimates(model, x, n, by_score)),
                neither = average(estimates(model, x, n, by_neither));
  page.number("∂ bound / ∂a exactly", truth, "nats");
  const auto row = [&](const char* name, const Average& a) {
    return std::vector<std::string>{name, as_text(a), text("%.3f", a.error * a.error * double(n))};
  };
  page.table(
      {"estimator", "average of 4,000", "variance of one"},
      {row("z = μ + σε", path), row("score function, f ∇ log q", score), row("z drawn, no path", neither)});
  page.check(agrees(path, truth), "the pathwise gradient is unbiased");
  page.check(agrees(score, truth), "so is the score function's");
  page.check(score.error > 2 * path.error, "its variance is several times as large");
  page.check(!agrees(neither, truth), "a plain stochastic node loses the gradient");
}

}  // namespace

std::vector<Lesson> lessons_on_gradients() {
  return {
      {"reparameterization", "E7", "With z = μ + σε the gradient goes through the sample.",
       "Kingma & Welling 2013, section 2.4; Rezende et al. 2014; Williams 1992",
       "  ∇ E_q f(z) = E_ε ∇ f(μ + σε) = E_q f(z) ∇ log q(z)", reparameterization,
       "nn/distributions/normal.cpp (rsample), vae/gradients/"},
  };
}

}  // namespace tools
