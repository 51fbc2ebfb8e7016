// The causal convolution along time: the output at a time depends on the inputs at that time and before it
// (van den Oord et al. 2016, WaveNet, arXiv 1609.03499, section 2.1).
#pragma once

#include "nn/parameters.h"

namespace nn {

// y_t = Σ_k W_k x_{t − (K−1−k)·dilation} + b, with zeros before the first x.
// x: [B,C,T]  weight: [O,C,K]  bias: [O]  ->  [B,O,T]
// As torch.nn.Conv1d after (K−1)·dilation zeros on the left. std::invalid_argument if x is not [B,C,T], W has
// not three axes, or K or the dilation is 0.
struct CausalConv1d : WeightAndBias {
  explicit CausalConv1d(Array weight, std::size_t dilation = 1);  // the bias begins at zero

  Var operator()(Var x) const;

  std::size_t dilation;
};

}  // namespace nn
