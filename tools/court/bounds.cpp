// Bounds and log p(x), on every exact model.
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/run/stopwatch.h"
#include "vae/bounds/renyi.h"
#include "vae/evidence/annealed.h"
#include "vae/exact/discrete.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

constexpr std::size_t at_once = 500;  // copies of the datum, so that one call makes as many estimates

// Estimates of one number: `calls` times the values of f, one for each copy.
Estimates estimated(const Array& x, std::size_t calls,
                    const std::function<Array(Var x, const Stream& stream)>& f) {
  Estimates all;
  const Estimates timed = repeated(calls, [&](std::uint32_t n) {
    Evaluation scope;
    for (const double v : f(constant(copies(x, at_once)), Stream().at_epoch(n))) all.add({v});
    return std::vector<double>{0};
  });
  all.seconds = timed.seconds;
  return all;
}

double bound_of(const Trial& t) {
  Evaluation scope;
  return t.expected_bound(constant(t.x)).elbo.item();
}

void add_bounds(std::vector<Case>& cases, const TrialEntry& on) {
  if (!on.make().expected_bound) return;
  for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo})
    for (const std::size_t S : {1u, 8u})
      cases.push_back({"bound",
                       text_of(form == KLForm::analytic ? "ELBO, KL in closed form" : "ELBO, KL sampled", S),
                       on.name, Expected::unbiased, "", [=] {
                         const Trial t = on.make();
                         return compared(estimated(t.x, 20,
                                                   [&](Var x, const Stream& s) {
                                                     return elbo(*t.model, x, S, form, s).elbo.value();
                                                   }),
                                         bound_of(t));
                       }});
}

// p̂/p is unbiased for 1, its logarithm is not for 0.
void add_evidence(std::vector<Case>& cases, const TrialEntry& on) {
  const auto add = [&](const std::string& name, Expected expected, const char* why, std::size_t calls,
                       double truth,
                       const std::function<Array(const Trial&, Var x, const Stream&, double log_px)>& f) {
    cases.push_back({"evidence", name, on.name, expected, why, [=] {
                       const Trial t = on.make();
                       const double log_px = t.log_px();
                       return compared(
                           estimated(t.x, calls, [&](Var x, const Stream& s) { return f(t, x, s, log_px); }),
                           truth);
                     }});
  };
  for (const std::size_t K : {1u, 16u})
    add(text_of("importance weights, over p(x)", K), Expected::unbiased, "", 20, 1,
        [K](const Trial& t, Var x, const Stream& s, double log_px) {
          return exp(importance_weighted_bound(log_weights(*t.model, x, K, s), K) - log_px).value();
        });
  add("log of 4 weights, less log p(x)", Expected::biased, "a lower bound", 60, 0,
      [](const Trial& t, Var x, const Stream& s, double log_px) {
        return (importance_weighted_bound(log_weights(*t.model, x, 4, s), 4) - log_px).value();
      });
  add("p(x|z), z ~ p(z), over p(x)", Expected::unbiased, "", 20, 1,
      [](const Trial& t, Var x, const Stream& s, double log_px) {
        return exp(log_likelihood(*t.model, x, generate(*t.model, x.rows(), s)) - log_px).value();
      });
  add("p(x|z), z ~ q(z|x), no weights", Expected::biased, "p(z)/q(z|x) is missing", 20, 1,
      [](const Trial& t, Var x, const Stream& s, double log_px) {
        return exp(log_likelihood(*t.model, x, latents(infer(AtPosterior(*t.model), x, 1, s))) - log_px)
            .value();
      });
  cases.push_back({"tightness", "a weight at q = p(z|x)", on.name, Expected::exact, "", [=] {
                     const Trial t = on.make();
                     return compared(estimated(t.x, 2,
                                               [&](Var x, const Stream& s) {
                                                 return log_weights(AtPosterior(*t.model), x, 1, s).value();
                                               }),
                                     t.log_px());
                   }});
}

// With as few states as these, E_q w^(1−α) is a sum over them.
void add_renyi(std::vector<Case>& cases, const TrialEntry& on) {
  for (const double alpha : {0.5, 2.0, -1.0})
    cases.push_back(
        {"bound", "w^(1-alpha) over its mean, alpha = " + std::to_string(alpha).substr(0, 4), on.name,
         Expected::unbiased, "", [=] {
           const Trial t = on.make();
           Evaluation scope;
           const Latents z = all_states(dynamic_cast<const Discrete&>(*t.model).states());
           const Var x = constant(copies(t.x, z.front().rows())), log_q = log_posterior(*t.model, x, z);
           const double log_moment =
               logsumexp(log_q + (1 - alpha) * (log_joint(*t.model, x, z) - log_q), {0}).item();
           return compared(estimated(t.x, 20,
                                     [&](Var rows, const Stream& s) {
                                       const Var L = renyi_bound(log_weights(*t.model, rows, 8, s), 8, alpha);
                                       return exp((1 - alpha) * L - log_moment).value();
                                     }),
                           1);
         }});
}

// Annealing moves z by its gradient, so z must be continuous.
void add_annealing(std::vector<Case>& cases, const TrialEntry& on) {
  for (const bool upper : {false, true})
    cases.push_back({"evidence", upper ? "reverse AIS, p(x) over it" : "AIS, over p(x)", on.name,
                     Expected::unbiased, "", [=] {
                       const Trial t = on.make();
                       const double log_px = t.log_px();
                       Annealing how;
                       how.temperatures = 20, how.chains = 1, how.leapfrog_steps = 3;
                       const Array x = copies(t.x, at_once);
                       const Stopwatch clock;
                       Estimates found;
                       for (std::uint32_t n = 0; n < 3; ++n) {
                         const Stream s = Stream().at_epoch(10000 * n);
                         const std::vector<double> log_p =
                             upper ? annealed_upper(*t.model, x,
                                                    posterior_draw(*t.model, x, s.at_epoch(50 + n)), how, s)
                                   : annealed_lower(*t.model, x, how, s);
                         for (const double l : log_p) found.add({std::exp(upper ? log_px - l : l - log_px)});
                       }
                       found.seconds = clock.seconds();
                       return compared(found, 1);
                     }});
}

// The mean-field gap, ½ (Σ log P_ii − log det P).
void add_closed_forms(std::vector<Case>& cases) {
  cases.push_back(
      {"tightness", "the best diagonal q and its gap", "linear, 1 level", Expected::exact, "", [] {
         LinearGaussian m({3, {2}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(20));
         m.set_posterior_exact();
         Evaluation scope;
         const Array x = array({1, 3}, {0.4, -0.8, 1.1});
         const Density p = true_posterior(m, {}, constant(x), 1);
         const Var P = inverse(dynamic_cast<const nn::MultivariateNormal&>(*p).covariance());
         const double gap = 0.5 * (sum(log(diagonal(P))) - sum(logdet(P))).item();
         return compared(estimated(x, 2,
                                   [&](Var x, const Stream&) {
                                     return (m.log_px(x) - m.expected_bound(x).elbo).value();
                                   }),
                         gap);
       }});
}

}  // namespace

std::vector<Case> bound_cases() {
  std::vector<Case> cases;
  for (const TrialEntry& on : trials()) {
    add_bounds(cases, on);
    add_evidence(cases, on);
    on.is_discrete ? add_renyi(cases, on) : add_annealing(cases, on);
  }
  add_closed_forms(cases);
  return cases;
}

}  // namespace tools
