// The logistic distribution: σ as a cdf, by its log-scale log s. Its binned form is discretized_logistic.h.
//
//     log p(x) = Σ [ log σ(t) + log σ(−t) − log s ],  t = (x − μ) / s
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

// Shapes [B,…], both the same (std::invalid_argument otherwise).
struct Logistic {
  Logistic(Var mu, Var log_scale);

  const Shape& shape() const { return mu.shape(); }
  Var rsample(const Stream& stream) const;  // z = μ + s log(u / (1 − u)): differentiable in μ and s   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // σ(t), elementwise
  Var mean() const { return mu; }
  Var variance() const;  // π²/3 s²

  Var mu, log_scale;
};

}  // namespace nn
