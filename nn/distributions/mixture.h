// A mixture of K densities of any families, with weights softmax(l): each datum comes whole from one of them.
//
//     log p(x) = log Σ_k softmax(l)_k p_k(x)
//
// There is no rsample, because no path leads through the choice, and no closed form of the entropy. For
// images whose pixels choose one by one see discretized_logistic_mixture.h.
#pragma once

#include <vector>

#include "nn/distributions/density.h"

namespace nn {

struct Mixture {
  // logits [B,K] and K components over events of one shape [B,…], all of them discrete or none, because
  // masses and densities do not add; std::invalid_argument otherwise.
  Mixture(Var logits, std::vector<Density> components);

  Array sample(const Stream& stream) const;  // [B,…]
  Var log_prob(Var x) const;                 // [B] nats
  Var cdf(Var x) const;                      // of each element: Σ w_k F_k(x)
  Var mean() const;                          // Σ w_k μ_k
  Var variance() const;                      // Σ w_k (σ²_k + (μ_k − mean)²)

  Var logits;
  std::vector<Density> components;
};

}  // namespace nn
