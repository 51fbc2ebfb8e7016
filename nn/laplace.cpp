// The Laplace distribution, each formula over its line.
#include "nn/laplace.h"

#include "autograd/ops.h"

namespace nn {

namespace {

const Real log_2 = Real(0.6931471805599453);

}  // namespace

Laplace::Laplace(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) { check_event("laplace", mu.shape(), log_scale.shape()); }

// z = μ + b n,  n = log 2u for u < ½, else −log 2(1 − u)
Var Laplace::rsample(const Stream& stream) const {
  const Var u = constant(uniform(stream, mu.shape()));
  const Var noise = where(u < Real(0.5), log(2 * u), -log(2 * (Real(1) - u)));
  return mu + exp(log_scale) * noise;
}

Array Laplace::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

Var Laplace::log_prob(Var x) const {
  check_event("laplace.log_prob", x.shape(), mu.shape());
  return -sum_event(log_2 + log_scale + abs(x - mu) * exp(-log_scale));
}

// H = Σ [ log 2b + 1 ]
Var Laplace::entropy() const { return sum_event(log_2 + 1 + log_scale); }

// F = ½ eᵗ for t ≤ 0, else 1 − ½ e⁻ᵗ,  t = (x − μ) / b
Var Laplace::cdf(Var x) const {
  check_event("laplace.cdf", x.shape(), mu.shape());
  const Var t = (x - mu) * exp(-log_scale);
  const Var below = where(t > Real(0), Real(0), t), above = where(t > Real(0), t, Real(0));
  return where(t > Real(0), Real(1) - 0.5 * exp(-above), 0.5 * exp(below));
}

Var Laplace::variance() const { return 2 * exp(2 * log_scale); }

// With t = |μ_q − μ_p| / b_q, d = log b_q/b_p and u = d − t this is (eᵘ − 1 − u) + t (eᵈ − 1), which keeps its digits near 0.
Var kl(const Laplace& q, const Laplace& p) {
  check_event("kl(laplace, laplace)", q.mu.shape(), p.mu.shape());
  const Var d = q.log_scale - p.log_scale, t = abs(q.mu - p.mu) * exp(-q.log_scale);
  return sum_event(expm1(d - t) - (d - t) + t * expm1(d));
}

}  // namespace nn
