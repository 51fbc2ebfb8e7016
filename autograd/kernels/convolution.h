// Convolutions of arrays: the three derivatives of one trilinear form.
//
// For images x: [N,C,H,W], weights W: [O,C,KH,KW] and y: [N,O,OH,OW], with stride s and padding p (x is 0
// outside), let
//
//     L(x, W, y) = Σ_{n,o,i,j} y[n,o,i,j] Σ_{c,k,l} W[o,c,k,l] x[n,c, i s + k − p, j s + l − p]
//
//     conv2d(x, W)        = ∂L/∂y    the convolution (a cross-correlation, as everywhere in this field)
//     conv2d_input(y, W)  = ∂L/∂x    its adjoint in the images, also called transposed convolution
//     conv2d_weight(y, x) = ∂L/∂W    its adjoint in the weights
//
// Each is linear in both of its arguments, and its adjoint in either argument is one of the other two. So the
// three are closed under differentiation, and gradients of any order need nothing else.
//
// Of a kernel the first `taps` weights (k,l) are used, row by row, and the sums go over these alone.
//
// Groups are convolutions side by side: group g of the outputs is computed from group g of the inputs only,
// and W is [O, C/groups, KH, KW].
//
// Next: convolution.cpp, which computes them; ../ops/convolution.cpp, which checks shapes and records them.
#pragma once

#include "autograd/array.h"

namespace autograd {

// The sizes of one convolution; C and O are those of one group.
struct ConvSizes {
  std::size_t N, groups;
  std::size_t C, H, W;
  std::size_t O, OH, OW;
  std::size_t KH, KW;
  std::size_t stride, padding, taps;

  std::size_t pixels() const { return OH * OW; }      // of an output
  std::size_t window() const { return C * KH * KW; }  // the weights for an output channel
  bool uses(std::size_t k, std::size_t l) const { return k * KW + l < taps; }
};

// Each writes its result into the last array, or adds it if `add`. b, where there is one, is a number for
// each channel of y.
void compute_conv2d(const ConvSizes& s, const Real* x, const Real* W, const Real* b, Real* y, bool add);
void compute_conv2d_input(const ConvSizes& s, const Real* y, const Real* W, Real* x, bool add);
void compute_conv2d_weight(const ConvSizes& s, const Real* y, const Real* x, Real* W, bool add);

}  // namespace autograd
