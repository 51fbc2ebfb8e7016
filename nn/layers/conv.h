// Convolutional layers: the operations of ../../autograd/ops/convolution.cpp with weights and a bias for each
// output channel. Images are [B,C,H,W].
//
// Convolution: LeCun et al. 1989; transposed: Zeiler et al. 2010. Next: resampling.h, blocks that halve and
// double images.
#pragma once

#include "autograd/ops.h"
#include "nn/parameters.h"

namespace nn {

// y[o,i,j] = Σ_{c,k,l} W[o,c,k,l] x[c, i·s + k − p, j·s + l − p] + b[o], with x zero outside.
// x: [B,C,H,W]  weight: [O,C/G,K,L]  bias: [O]  ->  [B,O,H',W'],  H' = ⌊(H + 2p − K) / s⌋ + 1
// std::invalid_argument if x is not [B,C,H,W], W not [O,C/G,K,L], or the kernel larger than the image.
struct Conv2d {
  explicit Conv2d(Array weight, Convolution how = {});  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  Convolution how;  // stride s, padding p, groups G
};

// The adjoint of a Conv2d that leads the other way: every input pixel adds its multiple of the kernel to the
// output. x: [B,C,H,W]  weight: [C,O/G,K,L]  bias: [O]  ->  [B,O,H',W'],  H' = (H − 1)·s − 2p + K +
// output_padding std::invalid_argument if x is not [B,C,H,W], or W not [C,O/G,K,L], or output_padding not
// below s.
struct ConvTranspose2d {
  explicit ConvTranspose2d(Array weight, Convolution how = {},
                           std::size_t output_padding = 0);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  Convolution how;
  std::size_t output_padding;  // which of the sizes that the Conv2d takes to H
};

// The masked convolution of PixelCNN (van den Oord et al. 2016, arXiv 1601.06759, section 3.4): a pixel sees
// the rows above and, of its own row, the pixels on the left; and itself in type B, but not in type A, which
// is for the first layer. x: [B,C,H,W]  weight: [O,C,K,K], K odd  bias: [O]  ->  [B,O,H,W].
// std::invalid_argument as above, and for K even.
struct MaskedConv2d {
  enum class Type { A, B };

  MaskedConv2d(Array weight, Type type);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  Array mask;
};

}  // namespace nn
