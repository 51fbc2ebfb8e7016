// The normal distribution with a full covariance, each formula over its line.
#include "nn/distributions/multivariate_normal.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

namespace {

// 1 where i ≥ j + below: on and under the diagonal that lies `below` rows under the main one; else 0.   [D,D]
Var triangle(std::size_t D, std::size_t below) {
  Array mask = zeros({D, D});
  for (std::size_t i = below; i < D; ++i)
    for (std::size_t j = 0; j + below <= i; ++j) mask(i, j) = 1;
  return constant(mask);
}

// L⁻¹d.  L: [B,D,D]  d: [B,D]  ->  [B,D]
Var whitened(Var L, Var d) { return squeeze(solve_triangular(L, expand_dims(d, 2)), 2); }

// v² of what a solve gave; ∞ where it overflowed, after which its next numbers are NaN. `zero` is 0 times
// what it was given, so that of NaN there is NaN.
Var squared(Var v, Var zero) { return where(abs(v) < infinity, square(v), infinity + zero); }

// log L_ii   [B,D]
Var log_diagonal(const MultivariateNormal& p) { return log(diagonal(p.factor)); }

}  // namespace

MultivariateNormal::MultivariateNormal(Var mu, Var given) : mu(mu) {
  const Shape& m = mu.shape();
  if (m.size() != 2 || given.shape() != Shape{m[0], m[1], m[1]})
    throw std::invalid_argument("[multivariate_normal] mu is " + to_string(m) + " but the factor is " +
                                to_string(given.shape()) + ", not [B,D] and [B,D,D]");
  factor = where(triangle(m[1], 0), given, 0);
  check_positive("multivariate_normal", "the factor's diagonal", diagonal(factor).value());
  check_size("multivariate_normal", "the factor", factor.value());
  check_size("multivariate_normal", "mu", mu.value());
}

MultivariateNormal::MultivariateNormal(const Normal& p)
    : MultivariateNormal(p.mu, diag(exp(0.5 * p.log_var))) {}

// z = μ + Lε
Var MultivariateNormal::rsample(const Stream& stream) const {
  const Var epsilon = constant(normal(stream, mu.shape()));
  return mu + squeeze(matmul(factor, expand_dims(epsilon, 2)), 2);
}

// −½ [ D log 2π + |L⁻¹(x − μ)|² ] − Σ_i log L_ii
Var MultivariateNormal::log_prob(Var x) const {
  check_event("multivariate_normal.log_prob", x.shape(), mu.shape());

  // Replace infinite x, which would be ∞ − ∞ in the solve; `within` gives their −∞ in the end.
  const Real most = std::numeric_limits<Real>::max();
  const Var finite = where(x > most, 0, where(x < -most, 0, x));

  // Solve in units of the largest |x_j − μ_j|, because an overflow within the solve would be NaN, too.
  const Var d = finite - mu, unit = constant(maximum(max(abs(d), {1}, true), 1).value());
  const Var inside = -0.5 * (log_2pi + squared(unit * whitened(factor, d / unit), 0 * finite + 0 * mu)) -
                     log_diagonal(*this);
  return sum_event(within(x, -most, most, inside));
}

// H = ½ D log 2πe + Σ log L_ii
Var MultivariateNormal::entropy() const { return sum_event(0.5 * (log_2pi + 1) + log_diagonal(*this)); }

// Σ_ii = Σ_j L_ij²
Var MultivariateNormal::variance() const { return sum(square(factor), {2}); }

Var MultivariateNormal::covariance() const { return matmul(factor, factor, false, true); }

// M = L_p⁻¹ L_q is triangular, with M_ii = L_q,ii / L_p,ii. With d_i = log M_ii² the KL is a sum of terms
// that are never negative:
//   ½ Σ_i (e^d_i − 1 − d_i) + ½ Σ_j<i M_ij² + ½ |L_p⁻¹(μ_q − μ_p)|²
Var kl(const MultivariateNormal& q, const MultivariateNormal& p) {
  check_event("kl(multivariate_normal, multivariate_normal)", q.shape(), p.shape());
  const Var M = solve_triangular(p.factor, q.factor), below = where(triangle(q.shape()[1], 1), M, 0);
  const Var d = 2 * (log_diagonal(q) - log_diagonal(p));
  const Var distance = squared(whitened(p.factor, q.mu - p.mu), 0 * q.mu + 0 * p.mu);
  return 0.5 * (sum_event(exp_excess(d) + distance) + sum_event(squared(below, 0 * q.factor)));
}

Var kl(const MultivariateNormal& q, const Normal& p) {
  check_event("kl(multivariate_normal, normal)", q.shape(), p.shape());
  return kl(q, MultivariateNormal(p));
}

Var kl(const Normal& q, const MultivariateNormal& p) {
  check_event("kl(normal, multivariate_normal)", q.shape(), p.shape());
  return kl(MultivariateNormal(q), p);
}

}  // namespace nn
