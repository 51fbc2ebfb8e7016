#include "nn/layers/resampling.h"

#include "nn/layers/check.h"

namespace nn {

DownBlock::DownBlock(std::size_t in, std::size_t out, const Activation& a, const Stream& stream)
    : conv(a.initial_weight({out, in, 3, 3}, stream), Convolution{2, 1}), activation(a.apply) {}

// y = a(W ∗ x + b), every other pixel
Var DownBlock::operator()(Var x) const {
  check_channels("down_block", x.shape(), conv.weight.shape()[1], conv.weight.shape());
  return activation(conv(x));
}

void DownBlock::visit(const std::string& name, const Visitor& visitor) {
  conv.visit(name + ".conv", visitor);
}

UpBlock::UpBlock(std::size_t in, std::size_t out, const Activation& a, const Stream& stream)
    : conv(a.initial_weight({out, in, 3, 3}, stream), Convolution{1, 1}), activation(a.apply) {}

// y = a(W ∗ up(x) + b)
Var UpBlock::operator()(Var x) const {
  check_channels("up_block", x.shape(), conv.weight.shape()[1], conv.weight.shape());
  return activation(conv(upsample_nearest2d(x, 2)));
}

void UpBlock::visit(const std::string& name, const Visitor& visitor) { conv.visit(name + ".conv", visitor); }

}  // namespace nn
