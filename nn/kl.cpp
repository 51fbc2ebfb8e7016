// Each KL as −H(q) − E_q log p(x). The functions before them are −E_q log p(x), [B], from the moments of q that it asks for.
#include "nn/kl.h"

#include <limits>

#include "autograd/ops.h"

namespace nn {

namespace {

const Real log_2 = Real(0.6931471805599453);
const Real log_2pi = Real(1.8378770664093453);
const Real inverse_sqrt_2 = Real(0.7071067811865476);
const Real sqrt_2_over_pi = Real(0.7978845608028654);
const Real infinity = std::numeric_limits<Real>::infinity();

// ---- −E_q log p(x) ----------------------------------------------------------------------------------------------------------

// ½ Σ [ log 2π + log σ² + (Var x + (E x − μ)²) / σ² ]
Var cross(Var mean, Var variance, const Normal& p) {
  return 0.5 * sum_event(log_2pi + p.log_var + (variance + square(mean - p.mu)) * exp(-p.log_var));
}

// Σ [ log 2b + E |x − μ| / b ]
Var cross(Var distance, const Laplace& p) { return sum_event(log_2 + p.log_scale + distance * exp(-p.log_scale)); }

// Σ [ log B(α, β) − (α − 1) E log x − (β − 1) E log(1 − x) ]
Var cross(Var mean_log, Var mean_log_of_complement, const Beta& p) {
  return sum_event(p.log_normalizer() - (p.alpha - Real(1)) * mean_log - (p.beta - Real(1)) * mean_log_of_complement);
}

// Σ [ log Γ(α) − α log β − (α − 1) E log x + β E x ]
Var cross(Var mean_log, Var mean, const Gamma& p) {
  const Var a = p.concentration;
  return sum_event(lgamma(a) - a * log(p.rate) - (a - Real(1)) * mean_log + p.rate * mean);
}

// Σ [ K(l) − l E x ]
Var cross(Var mean, const ContinuousBernoulli& p) { return sum_event(uniform_cumulant(0, p.logits) - p.logits * mean); }

// Σ log(high − low) where [0, 1] is inside, else ∞
Var cross_from_unit_interval(const Uniform& p) {
  const Var zero = constant(zeros(p.shape())), one = constant(full(p.shape(), 1));
  return -sum_event(within(zero, p.low, p.high, within(one, p.low, p.high, -log(p.high - p.low))));
}

// ---- moments of the uniform distribution ------------------------------------------------------------------------------------

// 0 where all of q is between low and high, elsewhere ∞.   [B]
Var barrier(const Uniform& q, Real low, Real high) {
  return -sum_event(within(q.low, low, high, within(q.high, low, high, 0 * q.low)));
}

// E log x for x ~ U(a, b), 0 ≤ a < b; outside, some number. It is (b log b − a log a) / (b − a) − 1, which cancels in a narrow
// interval. There log x = log b − l t, l = log b/a, for a t that is uniform on [0, 1] but tilted by e^−lt, so with the mean
// K'(−l).
Var mean_log(Var a, Var b) {
  const Var low = where(a < Real(0), Real(0), a), high = where(b > Real(0), b, Real(1)), is_wide = high > 2 * low;
  const Var wide = (xlogy(high, high) - xlogy(low, low)) / where(is_wide, b - a, Real(1)) - Real(1);
  const Var l = log1p((b - a) / where(is_wide, Real(1), low));
  return where(is_wide, wide, log(high) - l * uniform_cumulant(1, -l));
}

Var always_infinite(const char* what, const Shape& q, const Shape& p) {
  check_event(what, q, p);
  return constant(full({q[0]}, infinity));
}

}  // namespace

// ---- to a normal ------------------------------------------------------------------------------------------------------------

Var kl(const Beta& q, const Normal& p) {
  check_event("kl(beta, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

Var kl(const ContinuousBernoulli& q, const Normal& p) {
  check_event("kl(continuous_bernoulli, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

Var kl(const Gamma& q, const Normal& p) {
  check_event("kl(gamma, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

Var kl(const Laplace& q, const Normal& p) {
  check_event("kl(laplace, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

Var kl(const Logistic& q, const Normal& p) {
  check_event("kl(logistic, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

Var kl(const Uniform& q, const Normal& p) {
  check_event("kl(uniform, normal)", q.shape(), p.shape());
  return cross(q.mean(), q.variance(), p) - q.entropy();
}

// ---- to a Laplace -----------------------------------------------------------------------------------------------------------

// E |x − m| = m (2F(m) − 1) − E x (2G(m) − 1), G the cdf of x p(x) / E x, which is Gamma(α + 1, β)
Var kl(const Gamma& q, const Laplace& p) {
  check_event("kl(gamma, laplace)", q.shape(), p.shape());
  const Var m = p.mu, biased = Gamma(q.concentration + Real(1), q.rate).cdf(m);
  const Var distance = m * (2 * q.cdf(m) - Real(1)) - q.mean() * (2 * biased - Real(1));
  return cross(distance, p) - q.entropy();
}

// E |x − m| = s (log(1 + eᵗ) + log(1 + e⁻ᵗ)),  t = (μ − m) / s
Var kl(const Logistic& q, const Laplace& p) {
  check_event("kl(logistic, laplace)", q.shape(), p.shape());
  const Var t = (q.mu - p.mu) * exp(-q.log_scale);
  return cross(exp(q.log_scale) * (softplus(t) + softplus(-t)), p) - q.entropy();
}

// E |x − m| = σ √(2/π) e^(−t²/2) + (μ − m) erf(t/√2),  t = (μ − m) / σ
Var kl(const Normal& q, const Laplace& p) {
  check_event("kl(normal, laplace)", q.shape(), p.shape());
  const Var d = q.mu - p.mu, t = d * exp(-0.5 * q.log_var);
  const Var distance = sqrt_2_over_pi * exp(0.5 * q.log_var - 0.5 * square(t)) + d * erf(t * inverse_sqrt_2);
  return cross(distance, p) - q.entropy();
}

// E |x − m| = (u² + v²) / 2(u − v) where m is inside, else ½ |u + v|,  u = high − m and v = low − m
Var kl(const Uniform& q, const Laplace& p) {
  check_event("kl(uniform, laplace)", q.shape(), p.shape());
  const Var u = q.high - p.mu, v = q.low - p.mu;
  const Var inside = 0.5 * (square(u) + square(v)) / (q.high - q.low), outside = 0.5 * abs(u + v);
  return cross(where(u * v < Real(0), inside, outside), p) - q.entropy();
}

// ---- where p may not cover q ------------------------------------------------------------------------------------------------

Var kl(const Beta& q, const ContinuousBernoulli& p) {
  check_event("kl(beta, continuous_bernoulli)", q.shape(), p.shape());
  return cross(q.mean(), p) - q.entropy();
}

Var kl(const Beta& q, const Gamma& p) {
  check_event("kl(beta, gamma)", q.shape(), p.shape());
  return cross(q.mean_log(), q.mean(), p) - q.entropy();
}

Var kl(const Beta& q, const Uniform& p) {
  check_event("kl(beta, uniform)", q.shape(), p.shape());
  return cross_from_unit_interval(p) - q.entropy();
}

Var kl(const ContinuousBernoulli& q, const Uniform& p) {
  check_event("kl(continuous_bernoulli, uniform)", q.shape(), p.shape());
  return cross_from_unit_interval(p) - q.entropy();
}

Var kl(const Uniform& q, const Beta& p) {
  check_event("kl(uniform, beta)", q.shape(), p.shape());
  const Var complement = mean_log(Real(1) - q.high, Real(1) - q.low);
  return cross(mean_log(q.low, q.high), complement, p) - q.entropy() + barrier(q, 0, 1);
}

Var kl(const Uniform& q, const ContinuousBernoulli& p) {
  check_event("kl(uniform, continuous_bernoulli)", q.shape(), p.shape());
  return cross(q.mean(), p) - q.entropy() + barrier(q, 0, 1);
}

Var kl(const Uniform& q, const Gamma& p) {
  check_event("kl(uniform, gamma)", q.shape(), p.shape());
  return cross(mean_log(q.low, q.high), q.mean(), p) - q.entropy() + barrier(q, 0, infinity);
}

// ---- where p never covers q -------------------------------------------------------------------------------------------------

Var kl(const Gamma& q, const Beta& p) { return always_infinite("kl(gamma, beta)", q.shape(), p.shape()); }
Var kl(const Gamma& q, const ContinuousBernoulli& p) {
  return always_infinite("kl(gamma, continuous_bernoulli)", q.shape(), p.shape());
}
Var kl(const Gamma& q, const Uniform& p) { return always_infinite("kl(gamma, uniform)", q.shape(), p.shape()); }
Var kl(const Laplace& q, const Beta& p) { return always_infinite("kl(laplace, beta)", q.shape(), p.shape()); }
Var kl(const Laplace& q, const ContinuousBernoulli& p) {
  return always_infinite("kl(laplace, continuous_bernoulli)", q.shape(), p.shape());
}
Var kl(const Laplace& q, const Gamma& p) { return always_infinite("kl(laplace, gamma)", q.shape(), p.shape()); }
Var kl(const Laplace& q, const Uniform& p) { return always_infinite("kl(laplace, uniform)", q.shape(), p.shape()); }
Var kl(const Logistic& q, const Beta& p) { return always_infinite("kl(logistic, beta)", q.shape(), p.shape()); }
Var kl(const Logistic& q, const ContinuousBernoulli& p) {
  return always_infinite("kl(logistic, continuous_bernoulli)", q.shape(), p.shape());
}
Var kl(const Logistic& q, const Gamma& p) { return always_infinite("kl(logistic, gamma)", q.shape(), p.shape()); }
Var kl(const Logistic& q, const Uniform& p) { return always_infinite("kl(logistic, uniform)", q.shape(), p.shape()); }
Var kl(const Normal& q, const Beta& p) { return always_infinite("kl(normal, beta)", q.shape(), p.shape()); }
Var kl(const Normal& q, const ContinuousBernoulli& p) {
  return always_infinite("kl(normal, continuous_bernoulli)", q.shape(), p.shape());
}
Var kl(const Normal& q, const Gamma& p) { return always_infinite("kl(normal, gamma)", q.shape(), p.shape()); }
Var kl(const Normal& q, const Uniform& p) { return always_infinite("kl(normal, uniform)", q.shape(), p.shape()); }

}  // namespace nn
