// Blocks: layers that are made of other layers and an activation. Inputs of another shape than in the comment
// throw std::invalid_argument.
#pragma once

#include "nn/layers/conv.h"
#include "nn/layers/mlp.h"

namespace nn {

// The gated dense layer: a second layer decides how much of the first one's output passes (Dauphin et al.
// 2017, arXiv 1612.08083, eq. 1). It is the hidden layer of the VAEs of Tomczak & Welling 2018 (VampPrior,
// arXiv 1705.07120), whose names h and g it uses.
//
// y = (x Hᵀ + b) ∘ σ(x Gᵀ + c).  x: [B,D]  h.weight, g.weight: [H,D]  h.bias, g.bias: [H]  ->  [B,H]
struct GatedDense {
  GatedDense(std::size_t in, std::size_t out, const Stream& stream);  // weights after Glorot

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Linear h, g;
};

// The residual block: a small network is added to its input (He et al. 2016, arXiv 1603.05027, eq. 1 and fig.
// 4e). The activation stands before each weight, so that nothing changes x on its way to the sum.
//
// y = x + W₂ a(W₁ a(x) + b₁) + b₂.  x: [B,D]  first.weight: [H,D]  second.weight: [D,H]  ->  [B,D]
struct ResidualBlock {
  // For one of `blocks` in a row: second.weight begins scaled by 1/√blocks (initialization.h).
  ResidualBlock(std::size_t size, std::size_t hidden, const Activation& activation, std::size_t blocks,
                const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Linear first, second;
  Var (*activation)(Var);
};

// The same for images, by convolutions that keep their size: of 3×3, or of 1×1 for images of one pixel.
//
// y = x + W₂ ∗ a(W₁ ∗ a(x) + b₁) + b₂.  x: [B,C,H,W]  first.weight: [K,C,3,3]  second.weight: [C,K,3,3]
struct ResidualConvBlock {
  ResidualConvBlock(std::size_t channels, std::size_t hidden, std::size_t kernel,
                    const Activation& activation, std::size_t blocks, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Conv2d first, second;
  Var (*activation)(Var);
};

// Halves the sides of images: a convolution in steps of two pixels.
//
// y = a(W ∗ x + b).  x: [B,C,H,W]  conv.weight: [O,C,3,3]  conv.bias: [O]  ->  [B,O,⌈H/2⌉,⌈W/2⌉]
struct DownBlock {
  DownBlock(std::size_t in, std::size_t out, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Conv2d conv;
  Var (*activation)(Var);
};

// Doubles the sides of images: up repeats every pixel in both directions, then a convolution follows. Each
// output pixel is a sum of equally many terms, which it is not after a transposed convolution in steps of two
// (Odena et al. 2016, "Deconvolution and checkerboard artifacts").
//
// y = a(W ∗ up(x) + b).  x: [B,C,H,W]  conv.weight: [O,C,3,3]  conv.bias: [O]  ->  [B,O,2H,2W]
struct UpBlock {
  UpBlock(std::size_t in, std::size_t out, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Conv2d conv;
  Var (*activation)(Var);
};

}  // namespace nn
