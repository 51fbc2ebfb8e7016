// The logistic distribution, by its mean μ and its log-scale log s; its cdf is the sigmoid. Binned over pixel
// values it is discretized_logistic.h.
//
//     log p(x) = Σ [ log σ(t) + log σ(−t) − log s ],  t = (x − μ) / s
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// mu and log_scale are [B,…], of one shape; std::invalid_argument otherwise. std::domain_error for an
// infinite mu, or a log_scale beyond ±170 (in double ±1400).
struct Logistic : Reparameterized {
  Logistic(Var mu, Var log_scale);

  const char* name() const override { return "logistic distribution"; }
  Shape shape() const override { return mu.shape(); }
  Var rsample(const Stream& stream) const override;  // z = μ + s log(u / (1 − u)), u ~ U(0, 1)   [B,…]
  Var log_probs(Var x) const override;               // [B,…] nats
  Var entropy() const override;                      // [B] nats
  Var cdf(Var x) const override;                     // σ(t) of each element   [B,…]
  Var mean() const override { return mu; }
  Var variance() const override;  // π²/3 s²

  Var mu, log_scale;
};

}  // namespace nn
