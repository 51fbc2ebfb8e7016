// Convolutions, as work on arrays (array_ops.h): the three faces of one trilinear form.
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
// Each is linear in both of its arguments, and its adjoint in either is one of the other two: what was given
// and what was asked for change places. So the three are closed under differentiation, and gradients of any
// order need nothing else.
//
// Groups are convolutions side by side: group g of the outputs sees group g of the inputs only, and W is [O,
// C/groups, KH, KW].
//
// Next: convolution.cpp, which computes them; ../ops/convolution.cpp, which records them.
#pragma once

#include "autograd/ops.h"

namespace autograd {

// The shapes and how a kernel moves; C and O are those of one group.
struct ConvSizes {
  std::size_t N, groups;
  std::size_t C, H, W;
  std::size_t O, OH, OW;
  std::size_t KH, KW;
  std::size_t stride, padding;

  std::size_t pixels() const { return OH * OW; }      // of an output
  std::size_t window() const { return C * KH * KW; }  // the inputs that an output pixel sees
};

struct Convolved {
  const Array& x;
  const Array& W;
  ConvSizes sizes;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

struct ConvolvedInput {
  const Array& y;
  const Array& W;
  ConvSizes sizes;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

struct ConvolvedWeight {
  const Array& y;
  const Array& x;
  ConvSizes sizes;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// `shape` is that of x, and of W. All throw std::invalid_argument naming the operation and the shapes when
// they do not fit.
Convolved conv2d(const Array& x, const Array& W, Convolution how);
ConvolvedInput conv2d_input(const Array& y, const Array& W, const Shape& shape, Convolution how);
ConvolvedWeight conv2d_weight(const Array& y, const Array& x, const Shape& shape, Convolution how);

}  // namespace autograd
