// Blocks that halve and double the sides of images, with a convolution that learns what to keep and what to
// add.
#pragma once

#include "autograd/random.h"
#include "nn/layers/conv.h"
#include "nn/layers/mlp.h"

namespace nn {

// y = a(W ∗ x + b), in steps of two pixels.  x: [B,C,H,W]  conv.weight: [O,C,3,3]  conv.bias: [O]  ->
// [B,O,⌈H/2⌉,⌈W/2⌉] std::invalid_argument if x is not [B,C,H,W].
struct DownBlock {
  DownBlock(std::size_t in, std::size_t out, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Conv2d conv;
  Var (*activation)(Var);
};

// y = a(W ∗ up(x) + b), up repeating every pixel in both directions: unlike a transposed convolution in steps
// of two, each output pixel then sums over equally many (Odena et al. 2016).  x: [B,C,H,W]  conv.weight:
// [O,C,3,3]  conv.bias: [O]  ->  [B,O,2H,2W] std::invalid_argument if x is not [B,C,H,W].
struct UpBlock {
  UpBlock(std::size_t in, std::size_t out, const Activation& activation, const Stream& stream);

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Conv2d conv;
  Var (*activation)(Var);
};

}  // namespace nn
