// Causal convolution: along time, each output sees its own time and the past (van den Oord et al. 2016,
// WaveNet, arXiv 1609.03499, section 2.1).
#pragma once

#include "nn/parameters.h"

namespace nn {

// y_t = Σ_k W_k x_{t − (K−1−k)·dilation} + b, with x zero before its beginning.
// x: [B,C,T]  weight: [O,C,K]  bias: [O]  ->  [B,O,T].   As torch.nn.Conv1d after (K−1)·dilation zeros on the
// left. std::invalid_argument if x is not [B,C,T], W not [O,C,K], or for K or dilation 0.
struct CausalConv1d {
  explicit CausalConv1d(Array weight, std::size_t dilation = 1);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  std::size_t dilation;
};

}  // namespace nn
