// Work on whole arrays: what an operation does, held until it is known whether the result is to be written or
// added. That gives products with β = 1 and slices that add themselves where they belong, without copies.
//
// Each has shape() of its result and into(out, add), with `out` of that shape. They hold references: use them
// in one statement. The functions bear the names of the operations on Vars (ops.h), so that a rule written
// once serves arrays and Vars.
#pragma once

#include "autograd/array.h"

namespace autograd {

struct Reshaped {
  const Array& x;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x repeated along the axes where it has length 1 and `to` has more, and along new leading axes.
struct Spread {
  const Array& x;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x summed along the axes where `to` has length 1 and x has more, and along leading axes that `to` lacks.
struct Summed {
  const Array& x;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x[…, first:first+n, …] along one axis, n the length of `to` there.
struct Sliced {
  const Array& x;
  Shape to;
  std::size_t axis, first;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// Zeros of shape `to` with x at […, first:…, …].
struct Embedded {
  const Array& x;
  Shape to;
  std::size_t axis, first;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x[…, index, …] for each index along one axis.
struct Taken {
  const Array& x;
  Shape to;
  std::size_t axis;
  const std::vector<std::size_t>& indices;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// Zeros of shape `to`, and x[…, i, …] added at […, indices[i], …].
struct Scattered {
  const Array& x;
  Shape to;
  std::size_t axis;
  const std::vector<std::size_t>& indices;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// Axis i of the result is axis axes[i] of x.
struct Permuted {
  const Array& x;
  Shape to;
  std::vector<std::size_t> axes;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

struct Joined {
  const Array& a;
  const Array& b;
  std::size_t axis;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// op(a) op(b)
struct Product {
  const Array& a;
  const Array& b;
  bool transpose_a, transpose_b;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x Wᵀ + b
struct Affine {
  const Array& x;
  const Array& W;
  const Array& b;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x: [N,C,H,W] with each pixel repeated in a square of side `factor`.
struct Upsampled {
  const Array& x;
  std::size_t factor;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// x: [N,C,H,W] summed over squares of side `factor`.
struct SumPooled {
  const Array& x;
  std::size_t factor;
  Shape to;
  const Shape& shape() const { return to; }
  void into(Array& out, bool add) const;
};

// All throw std::invalid_argument naming the operation and the shapes when they do not fit.
Reshaped reshape(const Array& x, const Shape& shape);
Spread broadcast_to(const Array& x, const Shape& shape);
Summed sum_to(const Array& x, const Shape& shape);
Sliced slice(const Array& x, std::size_t axis, std::size_t first, std::size_t last);
Embedded embed(const Array& x, const Shape& shape, std::size_t axis, std::size_t first);
Taken take(const Array& x, const std::vector<std::size_t>& indices, std::size_t axis);
Scattered scatter_add(const Array& x, const Shape& shape, const std::vector<std::size_t>& indices,
                      std::size_t axis);
Permuted permute(const Array& x, const std::vector<std::size_t>& axes);
Joined concat(const Array& a, const Array& b, std::size_t axis);
Product matmul(const Array& a, const Array& b, bool transpose_a, bool transpose_b);
Affine affine(const Array& x, const Array& W, const Array& b);
Upsampled upsample_nearest2d(const Array& x, std::size_t factor);
SumPooled sum_pool2d(const Array& x, std::size_t factor);

}  // namespace autograd
