// Convolutional layers: the operations of ../../autograd/ops/convolution.cpp with a weight, and a bias for
// each output channel. Images are [B,C,H,W]. Inputs or weights of other shapes than in the comments throw
// std::invalid_argument, and so does a kernel that is larger than the padded image.
//
// Convolution: LeCun et al. 1989. Transposed convolution: Zeiler et al. 2010. Next: blocks.h, blocks that
// halve and double images.
#pragma once

#include "autograd/ops.h"
#include "nn/layers/initialization.h"
#include "nn/parameters.h"

namespace nn {

// y[o,i,j] = Σ_{c,k,l} W[o,c,k,l] x[c, i·s + k − p, j·s + l − p] + b[o], with zeros around x.
// x: [B,C,H,W]  weight: [O,C/G,K,L]  bias: [O]  ->  [B,O,H',W'],  H' = ⌊(H + 2p − K) / s⌋ + 1
struct Conv2d : WeightAndBias {
  explicit Conv2d(Array weight, Convolution how = {});  // the bias begins at zero
  // K = L = kernel
  Conv2d(std::size_t in, std::size_t out, std::size_t kernel, const Stream& stream, Convolution how = {},
         Initialization initial_weight = he_normal);

  Var operator()(Var x) const;

  Convolution how;  // stride s, padding p, groups G
};

// The adjoint of a Conv2d from [B,O,H',W'] to [B,C,H,W]: every input pixel adds its multiple of the kernel to
// the output.
// x: [B,C,H,W]  weight: [C,O/G,K,L]  bias: [O]  ->  [B,O,H',W'],  H' = (H − 1)·s − 2p + K + output_padding
struct ConvTranspose2d : WeightAndBias {
  explicit ConvTranspose2d(Array weight, Convolution how = {},
                           std::size_t output_padding = 0);  // the bias begins at zero

  Var operator()(Var x) const;

  Convolution how;
  std::size_t output_padding;  // below s; says which of the sizes that the Conv2d takes to H
};

// The masked convolution of PixelCNN (van den Oord et al. 2016, arXiv 1601.06759, section 3.4). An output
// pixel depends on the rows above it and on the pixels to its left. Type B, for all layers but the first,
// includes the pixel itself; type A, for the first layer, does not. The weights that would see others are not
// used.
// x: [B,C,H,W]  weight: [O,C,K,K], K odd  bias: [O]  ->  [B,O,H,W]
struct MaskedConv2d : WeightAndBias {
  enum class Type { A, B };

  MaskedConv2d(Array weight, Type type);  // the bias begins at zero

  Var operator()(Var x) const;

  std::size_t taps;  // of each kernel, the first ones
};

}  // namespace nn
