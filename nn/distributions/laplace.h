// The Laplace distribution: a ridge at μ with exponential sides, by its log-scale log b.
//
//     log p(x) = −Σ [ log 2b + |x − μ| / b ]
//
// Its rsample inverts the cdf. Next: kl.h.
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

// Shapes [B,…], both the same (std::invalid_argument otherwise).
struct Laplace {
  Laplace(Var mu, Var log_scale);

  const Shape& shape() const { return mu.shape(); }
  Var rsample(const Stream& stream) const;   // differentiable in μ and b   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // elementwise
  Var mean() const { return mu; }
  Var variance() const;  // 2b²

  Var mu, log_scale;
};

// KL(q ‖ p) = Σ [ log b_p/b_q + |μ_q − μ_p| / b_p + b_q/b_p e^(−|μ_q − μ_p| / b_q) − 1 ]      [B] nats
Var kl(const Laplace& q, const Laplace& p);

}  // namespace nn
