// Layers that give units mean 0 and variance 1, and then a learned scale γ and shift β:
//
//     y = γ (x − μ) / √(σ² + ε) + β
//
// μ and σ² are taken over the last axis of each row (LayerNorm: Ba et al. 2016, arXiv 1607.06450), or over a
// group of channels of each datum (GroupNorm: Wu & He 2018, arXiv 1803.08494); σ² divides by n. γ is `weight`
// and begins at 1, β is `bias` and begins at 0.
//
// There is no batch normalization: with it the likelihood of one image would depend on the others of its
// batch.
#pragma once

#include "nn/parameters.h"

namespace nn {

// μ, σ² over the last axis.  x: [B,…,D]  weight, bias: [D]  ->  [B,…,D]
// std::invalid_argument if x does not end in D.
struct LayerNorm : WeightAndBias {
  explicit LayerNorm(std::size_t size, Real epsilon = 1e-5);

  Var operator()(Var x) const;

  Real epsilon;
};

// μ, σ² over the C/G channels of a group and their places, for each datum.  x: [B,C,…]  weight, bias: [C]  ->
//  [B,C,…] std::invalid_argument if G does not divide C, or x has not C channels.
struct GroupNorm : WeightAndBias {
  GroupNorm(std::size_t groups, std::size_t channels, Real epsilon = 1e-5);

  Var operator()(Var x) const;

  std::size_t groups;
  Real epsilon;
};

}  // namespace nn
