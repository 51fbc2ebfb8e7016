// The normal distribution with a diagonal covariance: the posterior q(z|x), the priors, and the Gaussian
// output of a decoder.
//
//     log N(x; μ, σ²) = −½ Σ [ log 2π + log σ² + (x − μ)² / σ² ]
//
// Kingma & Welling 2013 (arXiv 1312.6114), section 3 and appendices B and C.2. With a full covariance:
// multivariate_normal.h.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// mu and log_var = log σ² are [B,…], of one shape; std::invalid_argument otherwise. std::domain_error for a
// log_var beyond ±170 (in double ±1400). Where mu is infinite, as when a network overflows, there is no
// density, and a KL is ∞; std::domain_error where that would be the difference of two infinities.
struct Normal : Reparameterized {
  Normal(Var mu, Var log_var);
  static Normal standard(const Shape& shape);  // N(0, I)

  const char* name() const override { return "normal"; }
  Shape shape() const override { return mu.shape(); }
  Var rsample(const Stream& stream) const override;  // z = μ + σε, ε ~ N(0, I)   [B,…]
  Var log_probs(Var x) const override;               // [B,…] nats
  Var entropy() const override;                      // [B] nats
  Var cdf(Var x) const override;                     // of each element   [B,…]
  Var mean() const override { return mu; }
  Var variance() const override;  // σ²

  Var mu, log_var;
};

// It is never below 0 (`exp_excess`).
// KL(q ‖ p) = ½ Σ [ e^d − 1 − d + (μ_q − μ_p)² / σ_p² ],  d = log σ_q² − log σ_p²      [B] nats
Var kl(const Normal& q, const Normal& p);

}  // namespace nn
