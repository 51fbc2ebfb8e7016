// The blocks, each with its formula.
#include "nn/layers/blocks.h"

#include "autograd/ops.h"
#include "nn/layers/check.h"
#include "nn/layers/initialization.h"

namespace nn {

// ---- GatedDense -------------------------------------------------------------------------------------------

GatedDense::GatedDense(std::size_t in, std::size_t out, const Stream& stream)
    : h(in, out, stream.at_level(0)), g(in, out, stream.at_level(1)) {}

// y = h(x) ∘ σ(g(x))
Var GatedDense::operator()(Var x) const {
  check_inner("gated_dense", x.shape(), h.weight.shape());
  return h(x) * sigmoid(g(x));
}

void GatedDense::visit(const std::string& name, const Visitor& visitor) {
  h.visit(name + ".h", visitor);
  g.visit(name + ".g", visitor);
}

// ---- ResidualBlock ----------------------------------------------------------------------------------------

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

// ---- ResidualConvBlock ------------------------------------------------------------------------------------

ResidualConvBlock::ResidualConvBlock(std::size_t channels, std::size_t hidden, std::size_t kernel,
                                     const Activation& a, std::size_t blocks, const Stream& stream)
    : first(a.initial_weight({hidden, channels, kernel, kernel}, stream.at_level(0)),
            Convolution{1, kernel / 2}),
      second(
          residual_scaled(a.initial_weight({channels, hidden, kernel, kernel}, stream.at_level(1)), blocks),
          Convolution{1, kernel / 2}),
      activation(a.apply) {}

// y = x + W₂ ∗ a(W₁ ∗ a(x) + b₁) + b₂
Var ResidualConvBlock::operator()(Var x) const {
  check_channels("residual_conv_block", x.shape(), first.weight.shape()[1], first.weight.shape());
  return x + second(activation(first(activation(x))));
}

void ResidualConvBlock::visit(const std::string& name, const Visitor& visitor) {
  first.visit(name + ".first", visitor);
  second.visit(name + ".second", visitor);
}

// ---- DownBlock --------------------------------------------------------------------------------------------

DownBlock::DownBlock(std::size_t in, std::size_t out, const Activation& a, const Stream& stream)
    : conv(a.initial_weight({out, in, 3, 3}, stream), Convolution{2, 1}), activation(a.apply) {}

// y = a(W ∗ x + b), at every other pixel
Var DownBlock::operator()(Var x) const {
  check_channels("down_block", x.shape(), conv.weight.shape()[1], conv.weight.shape());
  return activation(conv(x));
}

void DownBlock::visit(const std::string& name, const Visitor& visitor) {
  conv.visit(name + ".conv", visitor);
}

// ---- UpBlock ----------------------------------------------------------------------------------------------

UpBlock::UpBlock(std::size_t in, std::size_t out, const Activation& a, const Stream& stream)
    : conv(a.initial_weight({out, in, 3, 3}, stream), Convolution{1, 1}), activation(a.apply) {}

// y = a(W ∗ up(x) + b)
Var UpBlock::operator()(Var x) const {
  check_channels("up_block", x.shape(), conv.weight.shape()[1], conv.weight.shape());
  return activation(conv(upsample_nearest2d(x, 2)));
}

void UpBlock::visit(const std::string& name, const Visitor& visitor) { conv.visit(name + ".conv", visitor); }

}  // namespace nn
