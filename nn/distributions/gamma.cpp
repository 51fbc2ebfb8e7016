// The gamma distribution, each formula over its line.
#include "nn/distributions/gamma.h"

#include <limits>

#include "autograd/ops.h"
#include "autograd/ops/divergence.h"
#include "autograd/ops/incomplete_gamma.h"

namespace nn {

Gamma::Gamma(Var concentration, Var rate) : concentration(concentration), rate(rate) {
  check_event("gamma", concentration.shape(), rate.shape());
  check_positive("gamma", "concentration", concentration.value());
  check_positive("gamma", "rate", rate.value());
}

Var Gamma::rsample(const Stream& stream) const {
  return maximum(exp(log_gamma_sample(concentration, stream) - log(rate)), std::numeric_limits<Real>::min());
}

Array Gamma::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

Var Gamma::log_prob(Var x) const {
  check_event("gamma.log_prob", x.shape(), rate.shape());
  const Real most = std::numeric_limits<Real>::max();
  const Var y = where(x < Real(0), Real(1), where(x > most, Real(1), x));
  const Var inside =
      concentration * log(rate) - lgamma(concentration) + xlogy(concentration - Real(1), y) - rate * y;
  return sum_event(within(x, Real(0), most, inside));
}

// H = Σ [ α − log β + log Γ(α) + (1 − α) ψ(α) ]
Var Gamma::entropy() const {
  const Var a = concentration;
  return sum_event(a - log(rate) + lgamma(a) + (Real(1) - a) * digamma(a));
}

Var Gamma::cdf(Var x) const {
  check_event("gamma.cdf", x.shape(), rate.shape());
  const Var y = where(x > Real(0), x, Real(1));
  return where(x > Real(0), gamma_cdf(concentration, rate * y), Real(0));
}

Var Gamma::mean() const { return concentration / rate; }

Var Gamma::variance() const { return concentration / square(rate); }

// What differs in the means, and what differs in the concentrations.
Var kl(const Gamma& q, const Gamma& p) {
  check_event("kl(gamma, gamma)", q.rate.shape(), p.rate.shape());
  const Var a = q.concentration, b = p.concentration;
  return sum_event(relative_entropy(b, a * (p.rate / q.rate)) + stirling_divergence(a, b));
}

}  // namespace nn
