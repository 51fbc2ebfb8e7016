#include "nn/layers/residual.h"

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

ResidualBlock::ResidualBlock(std::size_t size, std::size_t hidden, const Activation& a, std::size_t blocks,
                             const Stream& stream)
    : first(a.initial_weight({hidden, size}, stream.at_level(0))),
      second(residual_scaled(a.initial_weight({size, hidden}, stream.at_level(1)), blocks)),
      activation(a.apply) {}

// y = x + W₂ a(W₁ a(x) + b₁) + b₂
Var ResidualBlock::operator()(Var x) const {
  check_inner("residual_block", x.shape(), first.weight.shape());
  return x + second(activation(first(activation(x))));
}

void ResidualBlock::visit(const std::string& name, const Visitor& visitor) {
  first.visit(name + ".first", visitor);
  second.visit(name + ".second", visitor);
}

}  // namespace nn
