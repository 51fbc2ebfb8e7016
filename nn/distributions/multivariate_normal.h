// The normal distribution with a full covariance LLᵀ, by its Cholesky factor L.
//
//     log N(x; μ, LLᵀ) = −½ [ D log 2π + |L⁻¹(x − μ)|² ] − Σ_i log L_ii
//
// A covariance is handed over as its `cholesky`; a diagonal one is normal.h.
#pragma once

#include "autograd/random.h"
#include "nn/distributions/normal.h"

namespace nn {

struct MultivariateNormal {
  // mu [B,D], factor [B,D,D] (std::invalid_argument otherwise), of which the lower triangle is read; its
  // diagonal is positive and finite (std::domain_error otherwise).
  MultivariateNormal(Var mu, Var factor);
  explicit MultivariateNormal(const Normal& diagonal);  // of [B,D]

  const Shape& shape() const { return mu.shape(); }
  Var rsample(const Stream& stream) const;   // z = μ + Lε, ε ~ N(0, I): differentiable in μ and L   [B,D]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;  // [B] nats; −∞ where it overflows (its slopes there infinite or NaN) and at ±∞
  Var entropy() const;        // [B] nats
  Var mean() const { return mu; }
  Var variance() const;    // of each element   [B,D]
  Var covariance() const;  // LLᵀ   [B,D,D]

  Var mu, factor;
};

// KL(q ‖ p) = ½ [ |L_p⁻¹ L_q|² + |L_p⁻¹(μ_q − μ_p)|² − D ] + Σ_i log L_p,ii / L_q,ii,  |·| Frobenius      [B]
// nats
Var kl(const MultivariateNormal& q, const MultivariateNormal& p);
Var kl(const MultivariateNormal& q, const Normal& p);
Var kl(const Normal& q, const MultivariateNormal& p);

}  // namespace nn
