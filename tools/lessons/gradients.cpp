// Lessons on gradients of expectations.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/logistic.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/bounds/renyi.h"
#include "vae/evidence/annealed.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"
#include "vae/gradients/relax.h"
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

// A row of a table: the estimator, the |z| of its worst entry, the variances of its entries summed.
std::vector<std::string> row_of(const char* estimator, const Finding& f) {
  return {estimator, text("%.1f", std::abs(f.z)), text("%.3g", f.variance)};
}
const std::vector<std::string> headings = {"estimator", "|z| of the worst entry", "variance of one, summed"};
bool is_right(const Finding& f) { return std::abs(f.z) < convicted_at; }

void without_a_path(Page& page) {
  Discrete model({4, {3}, LatentKind::bits}, Stream().at_epoch(20));
  model.visit_posterior([](const std::string&, Parameter& p) { p.update() *= Real(0.4); });  // no rare bits
  const Array x = data_of(model, 1, 3);
  std::vector<double> truth;
  {
    Step step;
    truth = gradient_in_phi(model, model.expected_bound(constant(x)).elbo);
  }
  const auto found = [&](const std::function<Var(Var x, const Stream&)>& value) {
    return compared(repeated(4000,
                             [&](std::uint32_t n) {
                               Step step;
                               return gradient_in_phi(model, value(constant(x), Stream().at_epoch(n)));
                             }),
                    truth);
  };
  const Finding score = found([&](Var x, const Stream&s) { return score_function(model, x, 4, s).value; }),
                others = found([&](Var x, const Stream&s) { return leave_one_out(model, x, 4, s).value; }),
                rebar = found([&](Var x, const Stream&s) {
                  return relax(model, x, 4, at_relaxed_bits(model, x, Real(0.5)), s).value;
                }),
                relaxed = found([&](Var x, const Stream&s) {
                  const Density q = posterior(model, {}, x, 4);
                  const Var l = dynamic_cast<const nn::Bernoulli&>(*q).logits;
                  return mean(at_relaxed_bits(
                      model, x, Real(0.5))(nn::Logistic(l, constant(zeros(l.shape()))).rsample(s)));
                });
  page.say("Three bits, so that the exact gradient is a sum over 8 states; 4,000 estimates of 4 draws each:");
  page.table(
      headings,
      {row_of("f ∇ log q, the score function", score), row_of("the mean of the others' f subtracted", others),
       row_of("REBAR: a path for the baseline", rebar), row_of("relaxed bits, the path alone", relaxed)});
  page.check(is_right(score) && is_right(others) && is_right(rebar),
             "three are unbiased, though z has no path");
  page.check(others.variance < score.variance, "a baseline takes variance away");
  page.check(!is_right(relaxed), "the path through relaxed bits is the gradient of something else");

  // Of the importance-weighted bound, where a path leads through z so that the two can be compared.
  LinearGaussian linear({3, {2}}, Stream().at_epoch(20));
  const Array y = array({1, 3}, {0.4, -0.8, 1.1});
  const auto of_iwae = [&](std::uint32_t count, std::uint32_t from,
                           const std::function<Var(Var x, const Stream&)>& value) {
    return repeated(count, [&](std::uint32_t n) {
      Step step;
      return gradient_in_phi(linear, value(constant(y), Stream().at_epoch(from + n)));
    });
  };
  const Estimates path =
      of_iwae(8000, 100000, [&](Var x, const Stream& s) { return pathwise(linear, x, 4, 0, s).value; });
  const Finding plain = compared(of_iwae(8000, 0,
                                         [&](Var x, const Stream&s) {
                                           const Latents z = stop_gradient(latents(infer(linear, x, 4, s)));
                                           const Var log_q = log_posterior(linear, x, z),
                                                     L = importance_weighted_bound(
                                                         log_joint(linear, x, z) - log_q, 4);
                                           return stop_gradient(L) * sum(log_q) + L;
                                         }),
                                 path),
                by_vimco = compared(
                    of_iwae(8000, 0, [&](Var x, const Stream&s) { return vimco(linear, x, 4, s).value; }),
                    path);
  page.say(
      "The importance-weighted bound of 4 draws, against a long average of the derivative along the path:");
  page.table(headings, {row_of("L Σ ∇ log q + ∇ L", plain), row_of("VIMCO", by_vimco)});
  page.check(is_right(plain) && is_right(by_vimco), "both are unbiased");
  page.check(by_vimco.variance < plain.variance, "VIMCO has a baseline for each draw, and less variance");
}

void of_the_prior(Page& page) {
  std::vector<std::vector<std::string>> rows;
  bool right = true;
  double flat = 0, sharp = 0;
  for (const double log_var : {3.0, -3.0}) {
    LinearGaussian model({3, {1, 2, 1}}, Stream().at_epoch(20));
    model.visit_generator([&](const std::string& name, Parameter& p) {
      if (name == "decoder.log_var") p.update().fill(log_var);
    });
    model.set_posterior_exact();
    const auto x = [] { return constant(array({1, 3}, {0.4, -0.8, 1.1})); };
    std::vector<double> truth;
    {
      Step step;
      truth = gradient_in_prior(model, model.expected_bound(x()).elbo);
    }
    const auto found = [&](decltype(&generalized_dreg) estimator) {
      return compared(repeated(3000,
                               [&](std::uint32_t n) {
                                 Step step;
                                 return gradient_in_prior(
                                     model, estimator(model, x(), 1, 1, Stream().at_epoch(n)).value);
                               }),
                      truth);
    };
    const Finding score = found(doubly_reparameterized), path = found(generalized_dreg);
    right = right && is_right(score) && is_right(path);
    (log_var > 0 ? flat : sharp) = path.variance / score.variance;
    rows.push_back({log_var > 0 ? "x says little of z" : "x says much of z", text("%.3g", score.variance),
                    text("%.3g", path.variance), text("%.2f", path.variance / score.variance)});
  }
  page.say(
      "Three levels, q = p(z|x); the gradient in the parameters of p(z_t|z_<t), against its exact value:");
  page.table({"", "variance of the score", "of the path", "ratio"}, rows);
  page.check(right, "both are unbiased in the prior's parameters");
  page.check(flat < 1 && sharp > 1,
             "the path has less variance where x says little of z, and more where it says much");
}

}  // namespace

std::vector<Lesson> lessons_on_gradients() {
  return {
      {"reparameterization", "E7", "With z = μ + σε the gradient goes through the sample.",
       "Kingma & Welling 2013, section 2.4; Rezende et al. 2014; Williams 1992",
       "  ∇ E_q f(z) = E_ε ∇ f(μ + σε) = E_q f(z) ∇ log q(z)", reparameterization,
       "nn/distributions/normal.cpp (rsample), vae/gradients/"},
      {"without-a-path", "B9",
       "Where z is discrete no path leads through it: the score function, its baselines, and what relaxing "
       "costs.",
       "Williams 1992; Mnih & Rezende 2016; Tucker et al. 2017; Grathwohl et al. 2018",
       "  ∇ E_q f = E_q [ (f − b) ∇ log q ] + E_q ∇ f,   for every b without z", without_a_path,
       "vae/gradients/score_function.cpp, vae/gradients/relax.cpp, vae/exact/enumeration.cpp"},
      {"of-the-prior", "B10",
       "A hierarchy's prior has a gradient along the path, too: reparameterized as a draw of p.",
       "Bauer & Mnih 2021", "  z = T(ε̃; θ) at the noise ε̃ that gives the z of q", of_the_prior,
       "vae/gradients/generalized_dreg.cpp"},
  };
}

}  // namespace tools
