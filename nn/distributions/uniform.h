// The uniform distribution on [low, high].
//
//     log p(x) = −Σ log(high − low)
#pragma once

#include "autograd/random.h"
#include "nn/distributions/event.h"

namespace nn {

// Shapes [B,…], both the same (std::invalid_argument otherwise); low < high everywhere, at a finite distance
// (std::domain_error otherwise).
struct Uniform {
  Uniform(Var low, Var high);

  const Shape& shape() const { return low.shape(); }
  Var rsample(const Stream& stream) const;   // z = low + (high − low) u: differentiable in both   [B,…]
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var x) const;                 // [B] nats; −∞ outside
  Var entropy() const;                       // [B] nats
  Var cdf(Var x) const;                      // elementwise
  Var mean() const;
  Var variance() const;  // (high − low)² / 12

  Var low, high;
};

// KL(q ‖ p) = Σ log (high_p − low_p) / (high_q − low_q) where p covers q, else ∞      [B] nats
Var kl(const Uniform& q, const Uniform& p);

}  // namespace nn
