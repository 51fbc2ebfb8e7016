// The Laplace distribution, each formula over its line.
#include "nn/distributions/laplace.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

namespace {

const Real log_2 = 0.6931471805599453;

}  // namespace

Laplace::Laplace(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_parameters("laplace", "mu", mu.shape(), "log_scale", log_scale.shape());
  check_size("laplace", "mu", mu.value());
  check_size("laplace", "log_scale", log_scale.value(), widest_log);
}

// z = μ + b n,  n = log 2u for u < ½, else −log 2(1 − u)
Var Laplace::rsample(const Stream& stream) const {
  const Var u = constant(uniform(stream, mu.shape()));
  const Var noise = where(u < 0.5, log(2 * u), -log(2 * (1 - u)));
  return mu + scaled(noise, log_scale);
}

// −log 2b − |x − μ| / b
Var Laplace::log_probs(Var x) const {
  check_event("laplace.log_prob", x.shape(), mu.shape());
  return -(log_2 + log_scale + scaled(abs(x - mu), -log_scale));
}

// H = Σ [ log 2b + 1 ]
Var Laplace::entropy() const { return sum_event(log_2 + 1 + log_scale); }

// F = ½ eᵗ for t ≤ 0, else 1 − ½ e⁻ᵗ,  t = (x − μ) / b
Var Laplace::cdf(Var x) const {
  check_event("laplace.cdf", x.shape(), mu.shape());
  const Var t = scaled(x - mu, -log_scale);
  const Var below = where(t > 0, 0, t), above = where(t > 0, t, 0);
  return where(t > 0, 1 - 0.5 * exp(-above), 0.5 * exp(below));
}

Var Laplace::variance() const { return 2 * exp(2 * log_scale); }

// With Δ = |μ_q − μ_p|, t = Δ / b_q and d = log b_q/b_p each term is e^(d−t) − 1 − d + Δ / b_p. For nearly
// equal q and p it cancels; there it is (eᵘ − 1 − u) + t (eᵈ − 1), u = d − t.
Var kl(const Laplace& q, const Laplace& p) {
  check_event("kl(laplace, laplace)", q.mu.shape(), p.mu.shape());
  const Var distance = abs(q.mu - p.mu), d = q.log_scale - p.log_scale, t = scaled(distance, -q.log_scale);
  const Var far = expm1(d - t) - d + scaled(distance, -p.log_scale);
  const Var is_near = maximum(t, abs(d)) < 1, near_t = where(is_near, t, 0), near_d = where(is_near, d, 0);
  const Var near = exp_excess(near_d - near_t) + near_t * expm1(near_d);
  return sum_event(where(is_near, near, far));
}

}  // namespace nn
