// Each KL as −H(q) − E_q log p(x). The functions before them are −E_q log p(x), [B], from the moments of q
// that it asks for.
#include "nn/distributions/kl.h"

#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "autograd/ops.h"
#include "autograd/ops/incomplete_gamma.h"

namespace nn {

namespace {

const Real log_2 = Real(0.6931471805599453);
const Real inverse_sqrt_2 = Real(0.7071067811865476);
const Real sqrt_2_over_pi = Real(0.7978845608028654);
const Real infinity = std::numeric_limits<Real>::infinity();

void check_pair(const Density& q, const Density& p) {
  const std::string what = std::string("kl(") + family(q) + ", " + family(p) + ")";
  check_event(what.c_str(), shape(q), shape(p));
}

// ---- −E_q log p(x) ----------------------------------------------------------------------------------------

// −log p(E x) + ½ Σ Var x / σ², because log p is quadratic
Var cross(Var mean, Var variance, const Normal& p) {
  return 0.5 * sum_event(variance * exp(-p.log_var)) - p.log_prob(mean);
}

// −log p(E x) + ½ Σ_ij (L⁻¹)²_ij Var x_j, the same for independent x_j
Var cross(Var mean, Var variance, const MultivariateNormal& p) {
  const Var inverse = solve_triangular(p.factor, diag(constant(full({p.shape()[1]}, 1))));
  return 0.5 * sum_event(square(inverse) * expand_dims(variance, 1)) - p.log_prob(mean);
}

// Σ [ log 2b + E |x − μ| / b ]
Var cross(Var distance, const Laplace& p) {
  return sum_event(log_2 + p.log_scale + distance * exp(-p.log_scale));
}

// Σ [ log B(α, β) − (α − 1) E log x − (β − 1) E log(1 − x) ]
Var cross(Var mean_log, Var mean_log_of_complement, const Beta& p) {
  return sum_event(p.log_normalizer() - (p.alpha - Real(1)) * mean_log -
                   (p.beta - Real(1)) * mean_log_of_complement);
}

// Σ [ log Γ(α) − α log β − (α − 1) E log x + β E x ]
Var cross(Var mean_log, Var mean, const Gamma& p) {
  const Var a = p.concentration;
  return sum_event(lgamma(a) - a * log(p.rate) - (a - Real(1)) * mean_log + p.rate * mean);
}

// Σ [ K(l) − l E x ]
Var cross(Var mean, const ContinuousBernoulli& p) {
  return sum_event(uniform_cumulant(0, p.logits) - p.logits * mean);
}

// Σ log(high − low) where [0, 1] is inside, else ∞
Var cross_from_unit_interval(const Uniform& p) {
  const Var zero = constant(zeros(p.shape())), one = constant(full(p.shape(), 1));
  return -sum_event(within(zero, p.low, p.high, within(one, p.low, p.high, -log(p.high - p.low))));
}

// ---- moments of the uniform distribution ------------------------------------------------------------------

// 0 where all of q is between low and high, elsewhere ∞.   [B]
Var barrier(const Uniform& q, Real low, Real high) {
  return -sum_event(within(q.low, low, high, within(q.high, low, high, 0 * q.low)));
}

// E log x for x ~ U(a, b), 0 ≤ a < b; outside, some number. It is (b log b − a log a) / (b − a) − 1, which
// cancels in a narrow interval. There log x = log b − l t, l = log b/a, for a t that is uniform on [0, 1] but
// tilted by e^−lt, so with the mean K'(−l).
Var mean_log(Var a, Var b) {
  const Var low = where(a < Real(0), Real(0), a), high = where(b > Real(0), b, Real(1)),
            is_wide = high > 2 * low;
  const Var wide = (xlogy(high, high) - xlogy(low, low)) / where(is_wide, b - a, Real(1)) - Real(1);
  const Var l = log1p((b - a) / where(is_wide, Real(1), low));
  return where(is_wide, wide, log(high) - l * uniform_cumulant(1, -l));
}

// ---- distances, E_q |x − m| -------------------------------------------------------------------------------

// Of N(μ, σ²): σ √(2/π) e^(−t²/2) + (μ − m) erf(t/√2),  t = (μ − m) / σ
Var distance(Var mu, Var std, Var m) {
  const Var d = mu - m, t = d / std;
  return sqrt_2_over_pi * std * exp(-0.5 * square(t)) + d * erf(t * inverse_sqrt_2);
}

// √Σ_ii = √Σ_j L_ij², in units of the largest in the row, because squares of small numbers underflow
Var std_of(const MultivariateNormal& q) {
  const Var unit = constant(max(abs(q.factor), {2}, true).value());
  return squeeze(unit, 2) * norm(q.factor / unit, {2});
}

// E max(m − x, 0) = m² e^(K(lm) − K(l)) K'(−lm) for 0 ≤ m ≤ 1 and x uniform on [0, 1] but tilted by eˡˣ:
// below m, x/m is so too, by lm
Var shortfall(Var m, Var l) {
  return square(m) * exp(uniform_cumulant(0, l * m) - uniform_cumulant(0, l)) * uniform_cumulant(1, -l * m);
}

// ---- of any q ---------------------------------------------------------------------------------------------

Var by_moments(const Density& q, const Normal& p) {
  check_pair(q, p);
  return cross(mean(q), variance(q), p) - entropy(q);
}

Var by_moments(const Density& q, const MultivariateNormal& p) {
  check_pair(q, p);
  return cross(mean(q), variance(q), p) - entropy(q);
}

Var never_covered(const Density& q, const Density& p) {
  check_pair(q, p);
  return constant(full({shape(q)[0]}, infinity));
}

}  // namespace

// ---- to a normal ------------------------------------------------------------------------------------------

Var kl(const Beta& q, const Normal& p) { return by_moments(q, p); }
Var kl(const ContinuousBernoulli& q, const Normal& p) { return by_moments(q, p); }
Var kl(const Gamma& q, const Normal& p) { return by_moments(q, p); }
Var kl(const Laplace& q, const Normal& p) { return by_moments(q, p); }
Var kl(const Logistic& q, const Normal& p) { return by_moments(q, p); }
Var kl(const Uniform& q, const Normal& p) { return by_moments(q, p); }

Var kl(const Beta& q, const MultivariateNormal& p) { return by_moments(q, p); }
Var kl(const ContinuousBernoulli& q, const MultivariateNormal& p) { return by_moments(q, p); }
Var kl(const Gamma& q, const MultivariateNormal& p) { return by_moments(q, p); }
Var kl(const Laplace& q, const MultivariateNormal& p) { return by_moments(q, p); }
Var kl(const Logistic& q, const MultivariateNormal& p) { return by_moments(q, p); }
Var kl(const Uniform& q, const MultivariateNormal& p) { return by_moments(q, p); }

// ---- to a Laplace -----------------------------------------------------------------------------------------

// E |x − m| is the shortfall of x below m and, seen from the other end, that of 1 − x below 1 − m; beyond [0,
// 1] the way there.
Var kl(const ContinuousBernoulli& q, const Laplace& p) {
  check_pair(q, p);
  const Var m = clamp(p.mu, 0, 1), l = q.logits, outside = relu(-p.mu) + relu(p.mu - Real(1));
  return cross(outside + shortfall(m, l) + shortfall(Real(1) - m, -l), p) - q.entropy();
}

// E |x − m| = (m − E x) (2F(m) − 1) + 2 w/β,  w = x^α e⁻ˣ / Γ(α) at x = βm, or 0 where m < 0: the cdf of x
// p(x) / E x, which is Gamma(α + 1, β), is F − w/α
Var kl(const Gamma& q, const Laplace& p) {
  check_pair(q, p);
  const Var m = p.mu, x = q.rate * where(m > Real(0), m, Real(1));
  const Var w = where(m > Real(0), gamma_weight(q.concentration, x), Real(0));
  return cross((m - q.mean()) * (2 * q.cdf(m) - Real(1)) + 2 * w / q.rate, p) - q.entropy();
}

// E |x − m| = s (log(1 + eᵗ) + log(1 + e⁻ᵗ)),  t = (μ − m) / s
Var kl(const Logistic& q, const Laplace& p) {
  check_pair(q, p);
  const Var t = (q.mu - p.mu) * exp(-q.log_scale);
  return cross(exp(q.log_scale) * (softplus(t) + softplus(-t)), p) - q.entropy();
}

Var kl(const MultivariateNormal& q, const Laplace& p) {
  check_pair(q, p);
  return cross(distance(q.mu, std_of(q), p.mu), p) - q.entropy();
}

Var kl(const Normal& q, const Laplace& p) {
  check_pair(q, p);
  return cross(distance(q.mu, exp(0.5 * q.log_var), p.mu), p) - q.entropy();
}

// E |x − m| = ½ w (r² + (1 − r)²), r the share of the width w above m; where m is outside, that of the nearer
// end and the way there
Var kl(const Uniform& q, const Laplace& p) {
  check_pair(q, p);
  const Var m = where(p.mu < q.low, q.low, where(p.mu > q.high, q.high, p.mu));
  const Var w = q.high - q.low, r = (q.high - m) / w;
  return cross(0.5 * w * (square(r) + square(Real(1) - r)) + abs(p.mu - m), p) - q.entropy();
}

// ---- of one-hot vectors -----------------------------------------------------------------------------------

// E log p(x) = log p(E x), because log p is linear
Var kl(const Categorical& q, const Bernoulli& p) {
  check_pair(q, p);
  return -p.log_prob(q.mean()) - q.entropy();
}

// ---- where p may not cover q ------------------------------------------------------------------------------

Var kl(const Beta& q, const ContinuousBernoulli& p) {
  check_pair(q, p);
  return cross(q.mean(), p) - q.entropy();
}

Var kl(const Beta& q, const Gamma& p) {
  check_pair(q, p);
  return cross(q.mean_log(), q.mean(), p) - q.entropy();
}

Var kl(const Beta& q, const Uniform& p) {
  check_pair(q, p);
  return cross_from_unit_interval(p) - q.entropy();
}

Var kl(const ContinuousBernoulli& q, const Uniform& p) {
  check_pair(q, p);
  return cross_from_unit_interval(p) - q.entropy();
}

Var kl(const Uniform& q, const Beta& p) {
  check_pair(q, p);
  const Var complement = mean_log(Real(1) - q.high, Real(1) - q.low);
  return cross(mean_log(q.low, q.high), complement, p) - q.entropy() + barrier(q, 0, 1);
}

Var kl(const Uniform& q, const ContinuousBernoulli& p) {
  check_pair(q, p);
  return cross(q.mean(), p) - q.entropy() + barrier(q, 0, 1);
}

Var kl(const Uniform& q, const Gamma& p) {
  check_pair(q, p);
  return cross(mean_log(q.low, q.high), q.mean(), p) - q.entropy() + barrier(q, 0, infinity);
}

// ---- where p never covers q -------------------------------------------------------------------------------

Var kl(const Bernoulli& q, const Categorical& p) { return never_covered(q, p); }
Var kl(const Gamma& q, const Beta& p) { return never_covered(q, p); }
Var kl(const Gamma& q, const ContinuousBernoulli& p) { return never_covered(q, p); }
Var kl(const Gamma& q, const Uniform& p) { return never_covered(q, p); }
Var kl(const Laplace& q, const Beta& p) { return never_covered(q, p); }
Var kl(const Laplace& q, const ContinuousBernoulli& p) { return never_covered(q, p); }
Var kl(const Laplace& q, const Gamma& p) { return never_covered(q, p); }
Var kl(const Laplace& q, const Uniform& p) { return never_covered(q, p); }
Var kl(const Logistic& q, const Beta& p) { return never_covered(q, p); }
Var kl(const Logistic& q, const ContinuousBernoulli& p) { return never_covered(q, p); }
Var kl(const Logistic& q, const Gamma& p) { return never_covered(q, p); }
Var kl(const Logistic& q, const Uniform& p) { return never_covered(q, p); }
Var kl(const MultivariateNormal& q, const Beta& p) { return never_covered(q, p); }
Var kl(const MultivariateNormal& q, const ContinuousBernoulli& p) { return never_covered(q, p); }
Var kl(const MultivariateNormal& q, const Gamma& p) { return never_covered(q, p); }
Var kl(const MultivariateNormal& q, const Uniform& p) { return never_covered(q, p); }
Var kl(const Normal& q, const Beta& p) { return never_covered(q, p); }
Var kl(const Normal& q, const ContinuousBernoulli& p) { return never_covered(q, p); }
Var kl(const Normal& q, const Gamma& p) { return never_covered(q, p); }
Var kl(const Normal& q, const Uniform& p) { return never_covered(q, p); }

// ---- of families chosen at run time -----------------------------------------------------------------------

Var kl_by_family(const Density& q, const Density& p) {
  const auto closed = [](const auto& q, const auto& p) -> decltype(kl(q, p)) { return kl(q, p); };
  const auto visit = [&](const auto& q, const auto& p) -> Var {
    if constexpr (std::is_invocable_v<decltype(closed), decltype(q), decltype(p)>) return closed(q, p);
    const std::string pair = std::string("a ") + family(q) + " and a " + family(p);
    if (is_discrete(q) || is_discrete(p)) throw std::logic_error("[kl] between " + pair + " has no meaning");
    throw std::logic_error("[kl] " + pair + " have no closed form; kl_monte_carlo estimates it");
  };
  return std::visit(visit, q, p);
}

}  // namespace nn
