// The Laplace distribution, each formula over its line.
#include "nn/distributions/laplace.h"

#include <cmath>
#include <limits>

#include "autograd/ops.h"

namespace nn {

namespace {

const Real log_2 = Real(0.6931471805599453);

}  // namespace

Laplace::Laplace(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_event("laplace", mu.shape(), log_scale.shape());
}

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

// With Δ = |μ_q − μ_p|, t = Δ / b_q and d = log b_q/b_p this is e^(d−t) − 1 − d + t eᵈ. Near 0 it keeps its
// digits as (eᵘ − 1 − u) + t (eᵈ − 1), u = d − t. A narrow q has a huge t, which would cancel: there t eᵈ is
// Δ / b_p, and from t = 40 on e^(d−t) is lost beside it. Where 1 / b_q overflows, t is large or Δ = 0, for
// which any finite number does.
Var kl(const Laplace& q, const Laplace& p) {
  check_event("kl(laplace, laplace)", q.mu.shape(), p.mu.shape());
  const Var distance = abs(q.mu - p.mu), d = q.log_scale - p.log_scale;
  const Var log_b = maximum(q.log_scale, std::log(std::numeric_limits<Real>::min()));
  const Var size = distance * exp(-log_b);
  const Var is_near = size < Real(1);
  const Var lost = size > Real(40);
  const Var t = distance * exp(-where(lost, Real(0), log_b)), u = d - t;
  const Var close = expm1(u) - u + t * expm1(d);
  const Var far = where(lost, Real(-1), expm1(u)) - d + distance * exp(-where(is_near, Real(0), p.log_scale));
  return sum_event(where(is_near, close, far));
}

}  // namespace nn
