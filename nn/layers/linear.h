// The fully connected layer. Initial weights: initialization.h. Several such layers: mlp.h.
#pragma once

#include "nn/layers/initialization.h"
#include "nn/parameters.h"

namespace nn {

// y = xWᵀ + b.  x: [B,D]  weight: [H,D]  bias: [H]  ->  [B,H]
// std::invalid_argument if x is not [B,D], or W has not two axes.
struct Linear : WeightAndBias {
  explicit Linear(Array weight);  // the bias begins at zero
  Linear(std::size_t in, std::size_t out, const Stream& stream,
         Initialization initial_weight = glorot_uniform);

  Var operator()(Var x) const;
};

}  // namespace nn
