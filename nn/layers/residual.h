// The residual block: the identity, and a small network that is added to it (He et al. 2016, arXiv
// 1603.05027, eq. 1 and fig. 4e: the activation stands before each weight, so nothing stands on the way past
// them).
#pragma once

#include "nn/layers/mlp.h"

namespace nn {

// y = x + W₂ a(W₁ a(x) + b₁) + b₂.  x: [B,D]  first.weight: [H,D]  second.weight: [D,H]  ->  [B,D]
// std::invalid_argument if x is not [B,D].
struct ResidualBlock {
  // One of `blocks` in a row: second.weight begins scaled by 1/√blocks (initialization.h).
  ResidualBlock(std::size_t size, std::size_t hidden, const Activation& activation, std::size_t blocks,
                const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Linear first, second;
  Var (*activation)(Var);
};

}  // namespace nn
