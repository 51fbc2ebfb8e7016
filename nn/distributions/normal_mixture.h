// Mixtures of normals, one for each element: what an autoregressive network says of an element
// (autoregressive.h), a density that may have several modes.
//
//     log p(x) = Σ_d log Σ_k softmax(l_d)_k N(x_d; μ_dk, σ²_dk)
//
// Each element chooses its own component (Bishop 1994, mixture density networks); in a Mixture (mixture.h)
// each datum does.
#pragma once

#include "nn/distributions/distribution.h"

namespace nn {

// logits, mu and log_var are [B,…,K], of one shape, for values [B,…]; std::invalid_argument otherwise. A
// logit of −∞ is a weight of 0; std::domain_error for ∞, where all are −∞, for an infinite mu, and as in
// normal.h.
struct NormalMixture : Distribution {
  NormalMixture(Var logits, Var mu, Var log_var);

  const char* name() const override { return "mixture of normals"; }
  Shape shape() const override;                       // of the values, [B,…]
  Array sample(const Stream& stream) const override;  // [B,…]; no rsample: a component is chosen
  Var log_prob(Var x) const override;                 // [B] nats
  Var cdf(Var x) const override;                      // of each element: Σ_k w_k F_k(x)   [B,…]
  Var mean() const override;                          // Σ_k w_k μ_k   [B,…]
  Var variance() const override;                      // Σ_k w_k (σ²_k + (μ_k − mean)²)   [B,…]

  Var logits, mu, log_var;
};

}  // namespace nn
