// The Laplace distribution, each formula over its line.
#include "nn/distributions/laplace.h"

#include <cmath>

#include "autograd/ops.h"

namespace nn {

namespace {

const Real log_2 = 0.6931471805599453;

}  // namespace

Laplace::Laplace(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_parameters("laplace", "mu", mu.shape(), "log_scale", log_scale.shape());
}

// z = μ + b n,  n = log 2u for u < ½, else −log 2(1 − u)
Var Laplace::rsample(const Stream& stream) const {
  const Var u = constant(uniform(stream, mu.shape()));
  const Var noise = where(u < 0.5, log(2 * u), -log(2 * (1 - u)));
  return mu + exp(log_scale) * noise;
}

// −Σ [ log 2b + |x − μ| / b ]
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
  const Var below = where(t > 0, 0, t), above = where(t > 0, t, 0);
  return where(t > 0, 1 - 0.5 * exp(-above), 0.5 * exp(below));
}

Var Laplace::variance() const { return 2 * exp(2 * log_scale); }

// With Δ = |μ_q − μ_p|, t = Δ / b_q and d = log b_q/b_p each term is e^(d−t) − 1 − d + t eᵈ, which cancels in
// two ways: for nearly equal q and p, and for a narrow q, whose t is huge.
Var kl(const Laplace& q, const Laplace& p) {
  check_event("kl(laplace, laplace)", q.mu.shape(), p.mu.shape());
  const Var distance = abs(q.mu - p.mu), d = q.log_scale - p.log_scale;

  // Compute t, by a b_q that does not underflow: where it would, t is huge anyway, or Δ = 0.
  const Var log_b = maximum(q.log_scale, std::log(std::numeric_limits<Real>::min()));
  const Var rough_t = distance * exp(-log_b);
  const Var is_near = rough_t < 1;
  const Var is_lost = rough_t > 40;  // e^(d−t) is below the rounding of the other terms
  const Var t = distance * exp(-where(is_lost, 0, log_b)), u = d - t;

  // Near, group the terms so that each is small: (eᵘ − 1 − u) + t (eᵈ − 1), u = d − t.
  const Var near = expm1(u) - u + t * expm1(d);

  // Far, write t eᵈ as Δ / b_p.
  const Var far = where(is_lost, -1, expm1(u)) - d + distance * exp(-where(is_near, 0, p.log_scale));
  return sum_event(where(is_near, near, far));
}

}  // namespace nn
