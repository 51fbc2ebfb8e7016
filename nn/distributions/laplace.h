// The Laplace distribution, by its mean μ and its log-scale log b. As a prior it favours sparse codes, and as
// the distribution of sources it makes a linear model independent component analysis.
//
//     log p(x) = −Σ [ log 2b + |x − μ| / b ]
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// mu and log_scale are [B,…], of one shape; std::invalid_argument otherwise. std::domain_error for an
// infinite mu, or a log_scale beyond ±170 (in double ±1400).
struct Laplace : Reparameterized {
  Laplace(Var mu, Var log_scale);

  const char* name() const override { return "Laplace distribution"; }
  Shape shape() const override { return mu.shape(); }
  Var rsample(const Stream& stream) const override;  // inverts the cdf   [B,…]
  Var log_probs(Var x) const override;               // [B,…] nats
  Var entropy() const override;                      // [B] nats
  Var cdf(Var x) const override;                     // of each element   [B,…]
  Var mean() const override { return mu; }
  Var variance() const override;  // 2b²

  Var mu, log_scale;
};

// It is never below 0.
// KL(q ‖ p) = Σ [ log b_p/b_q + |μ_q − μ_p| / b_p + b_q/b_p e^(−|μ_q − μ_p| / b_q) − 1 ]      [B] nats
Var kl(const Laplace& q, const Laplace& p);

}  // namespace nn
