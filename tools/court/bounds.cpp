// Bounds and log p(x), on models where both are known.
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tools/court/estimates.h"
#include "vae/bounds/renyi.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

// [B] copies of one datum, so that one call makes B independent estimates.
constexpr std::size_t at_once = 500;

Array copies_of_datum() {
  Array x = empty({at_once, 3});
  for (std::size_t r = 0; r < at_once; ++r) x(r, 0) = 0.4, x(r, 1) = -0.8, x(r, 2) = 1.1;
  return x;
}

// Estimates of one number: `calls` times the [B] values of f.
Estimates estimated(std::size_t calls, const std::function<Array(Var x, const Stream& stream)>& f) {
  Estimates all;
  all.seconds = 0;
  const Estimates timed = repeated(calls, [&](std::uint32_t n) {
    Evaluation scope;
    const Array values = f(constant(copies_of_datum()), Stream().at_epoch(n));
    for (const double v : values) all.add({v});
    return std::vector<double>{0};
  });
  all.seconds = timed.seconds;
  return all;
}

double log_px_of(const LinearGaussian& m) {
  Evaluation scope;
  return m.log_px(constant(array({1, 3}, {0.4, -0.8, 1.1}))).item();
}

double bound_of(const LinearGaussian& m) {
  Evaluation scope;
  return m.expected_bound(constant(array({1, 3}, {0.4, -0.8, 1.1}))).elbo.item();
}

}  // namespace

std::vector<Case> bound_cases() {
  std::vector<Case> cases;
  for (const std::vector<std::size_t>& latent : {std::vector<std::size_t>{2}, {2, 1, 2}}) {
    const std::string model = latent.size() == 1 ? "linear, 1 level" : "linear, 3 levels";
    const auto make = [latent] { return LinearGaussian({3, latent}, Stream().at_epoch(20)); };

    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo})
      for (const std::size_t S : {1u, 8u})
        cases.push_back(
            {"bound", text_of(form == KLForm::analytic ? "ELBO, KL in closed form" : "ELBO, KL sampled", S),
             model, Expected::unbiased, "", [=] {
               const LinearGaussian m = make();
               return compared(
                   estimated(20, [&](Var x, const Stream& s) { return elbo(m, x, S, form, s).elbo.value(); }),
                   bound_of(m));
             }});

    // p̂/p of K weights is unbiased for 1; its logarithm is not for 0.
    for (const std::size_t K : {1u, 16u}) {
      cases.push_back(
          {"evidence", text_of("mean of the weights, over p(x)", K), model, Expected::unbiased, "", [=] {
             LinearGaussian m = make();
             m.set_posterior_exact();
             for (const auto& [name, p] : m.parameters())
               if (name == "posterior.0.bias") p->update() += 0.3;
             const double truth = log_px_of(m);
             return compared(
                 estimated(
                     20,
                     [&](Var x, const Stream& s) {
                       return exp(importance_weighted_bound(log_weights(m, x, K, s), K) - truth).value();
                     }),
                 1.0);
           }});
      cases.push_back({"evidence", text_of("log of the mean of the weights", K), model, Expected::biased,
                       "a lower bound", [=] {
                         LinearGaussian m = make();
                         m.set_posterior_exact();
                         for (const auto& [name, p] : m.parameters())
                           if (name == "posterior.0.bias") p->update() += 0.3;
                         return compared(
                             estimated(20,
                                       [&](Var x, const Stream& s) {
                                         return importance_weighted_bound(log_weights(m, x, K, s), K).value();
                                       }),
                             log_px_of(m));
                       }});
    }
    cases.push_back(
        {"evidence", "p(x|z) averaged over q, no weights", model, Expected::biased, "p(z)/q(z|x) is missing",
         [=] {
           LinearGaussian m = make();
           m.set_posterior_exact();
           const double truth = log_px_of(m);
           return compared(
               estimated(20,
                         [&](Var x, const Stream& s) {
                           return exp(log_likelihood(m, x, latents(infer(m, x, 1, s))) - truth).value();
                         }),
               1.0);
         }});
    cases.push_back(
        {"tightness", "one weight at q = p(z|x)", model, Expected::exact, "", [=] {
           LinearGaussian m = make();
           m.set_posterior_exact();
           return compared(
               estimated(2, [&](Var x, const Stream& s) { return log_weights(m, x, 1, s).value(); }),
               log_px_of(m));
         }});
  }

  // The mean-field gap, ½ (Σ log P_ii − log det P).
  cases.push_back(
      {"tightness", "best diagonal q, and its known gap", "linear, 1 level", Expected::exact, "", [] {
         LinearGaussian m({3, {2}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(20));
         m.set_posterior_exact();
         Evaluation scope;
         const Var x = constant(array({1, 3}, {0.4, -0.8, 1.1}));
         const Var P =
             inverse(dynamic_cast<const nn::MultivariateNormal&>(*m.true_posterior({}, x, 1)).covariance());
         const double gap = 0.5 * (sum(log(diagonal(P))) - sum(logdet(P))).item();
         return compared(
             estimated(
                 2, [&](Var x, const Stream&) { return (m.log_px(x) - m.expected_bound(x).elbo).value(); }),
             gap);
       }});
  return cases;
}

}  // namespace tools
