// The normal distribution with a full covariance LLᵀ, by its Cholesky factor L.
//
//     log N(x; μ, LLᵀ) = −½ [ D log 2π + |L⁻¹(x − μ)|² ] − Σ_i log L_ii
//
// Of a covariance matrix, `cholesky` (ops.h) gives L. With a diagonal covariance: normal.h.
#pragma once

#include "nn/distributions/normal.h"

namespace nn {

struct MultivariateNormal : Reparameterized {
  // mu [B,D], factor [B,D,D] (std::invalid_argument otherwise), of which the lower triangle is read. Both
  // must be finite, and the diagonal positive (std::domain_error otherwise).
  MultivariateNormal(Var mu, Var factor);
  explicit MultivariateNormal(const Normal& diagonal);  // of shape [B,D]

  const char* name() const override { return "multivariate normal"; }
  Shape shape() const override { return mu.shape(); }
  Var rsample(const Stream& stream) const override;  // z = μ + Lε, ε ~ N(0, I)   [B,D]
  // [B] nats; −∞ at ±∞ and where it overflows (its slopes are not finite there)
  Var log_prob(Var x) const override;
  Var entropy() const override;  // [B] nats
  Var mean() const override { return mu; }
  Var variance() const override;  // of each element   [B,D]
  Var covariance() const;         // LLᵀ   [B,D,D]

  Var mu, factor;
};

// KL(q ‖ p) = ½ [ |L_p⁻¹ L_q|² + |L_p⁻¹(μ_q − μ_p)|² − D ] + Σ_i log L_p,ii / L_q,ii      [B] nats,
// with |·| the Frobenius norm. A Normal is taken as one with a diagonal factor.
Var kl(const MultivariateNormal& q, const MultivariateNormal& p);
Var kl(const MultivariateNormal& q, const Normal& p);
Var kl(const Normal& q, const MultivariateNormal& p);

}  // namespace nn
