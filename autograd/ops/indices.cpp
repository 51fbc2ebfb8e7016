// Operations that pick numbers by their indices along an axis, or add to them; and what is made of these:
// flip, diagonal, trace.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/simd.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

using Indices = std::vector<std::size_t>;

void check_indices(const char* op, const Indices& indices, const Shape& shape, std::size_t axis) {
  const std::size_t n = block_along(op, shape, axis).n;
  for (const std::size_t index : indices)
    if (index >= n)
      throw std::invalid_argument(std::string("[") + op + "] index " + as_signed(index) + " along axis " +
                                  std::to_string(axis) + " of " + to_string(shape));
}

// x[…, indices, …]
auto take(const Array& x, const Indices& indices, std::size_t axis) {
  check_indices("take", indices, x.shape(), axis);
  Shape shape = x.shape();
  shape[axis] = indices.size();
  const Block b = block_along("take", x.shape(), axis);
  return ArrayWork(shape, [&x, &indices, b](Array& out, bool add) {
    const std::size_t n = indices.size();
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const from = x.data() + o * b.n * b.inner;
      Real* const row = out.data() + o * n * b.inner;
      if (b.inner == 1)
        for (std::size_t i = 0; i < n; ++i) row[i] = from[indices[i]] + (add ? row[i] : Real(0));
      else
        in_ranges(n, rows_at_once(b.inner), [&](std::size_t first, std::size_t last) {
          for (std::size_t i = first; i < last; ++i)
            copy_or_add(b.inner, from + indices[i] * b.inner, row + i * b.inner, add);
        });
    }
  });
}

// Zeros of this shape, and x[…, i, …] added at […, indices[i], …]
auto scatter_add(const Array& x, const Shape& shape, const Indices& indices, std::size_t axis) {
  if (!equal_except_along(x.shape(), shape, axis) || x.shape(axis) != indices.size())
    throw std::invalid_argument("[scatter_add] " + to_string(x.shape()) + " at " +
                                std::to_string(indices.size()) + " indices along axis " + as_signed(axis) +
                                " of " + to_string(shape));
  check_indices("scatter_add", indices, shape, axis);
  const Block b = block_along("scatter_add", shape, axis);
  return ArrayWork(shape, [&x, &indices, b](Array& out, bool add) {
    if (!add) out.fill(0);
    const std::size_t n = indices.size();
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const from = x.data() + o * n * b.inner;
      Real* const row = out.data() + o * b.n * b.inner;
      if (b.inner == 1)
        for (std::size_t i = 0; i < n; ++i) row[indices[i]] += from[i];
      else
        for (std::size_t i = 0; i < n; ++i)
          copy_or_add(b.inner, from + i * b.inner, row + indices[i] * b.inner, true);
    }
  });
}

}  // namespace

// ---- on the tape ------------------------------------------------------------------------------------------

// y[…, i, …] = x[…, indices[i], …]        x̄[…, indices[i], …] += ȳ[…, i, …]
Var take(Var x, const Indices& indices, std::size_t axis) {
  axis = Axis(axis).in(x.shape().size());
  return record(
      "take", {x}, [&](const auto& x) { return take(x, indices, axis); },
      [=](const auto& g, const auto& x) { return scatter_add(g, x.shape(), indices, axis); });
}

// y = 0, and y[…, indices[i], …] += x[…, i, …]        x̄[…, i, …] += ȳ[…, indices[i], …]
Var scatter_add(Var x, const Shape& shape, const Indices& indices, std::size_t axis) {
  axis = Axis(axis).in(shape.size());
  return record(
      "scatter_add", {x}, [&](const auto& x) { return scatter_add(x, shape, indices, axis); },
      [=](const auto& g, const auto&) { return take(g, indices, axis); });
}

// y[…, i, …] = x[…, n−1−i, …]        x̄ += ȳ flipped
Var flip(Var x, std::size_t axis) {
  axis = Axis(axis).in(x.shape().size());
  Indices indices(block_along("flip", x.shape(), axis).n);
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = indices.size() - 1 - i;
  return record(
      "flip", {x}, [&](const auto& x) { return take(x, indices, axis); },
      [=](const auto& g, const auto&) { return take(g, indices, axis); });
}

// ---- diagonals of matrices [N,N] --------------------------------------------------------------------------

namespace {

// The indices of the diagonal in a flattened [N,N].
Indices diagonal_indices(std::size_t N) {
  Indices indices(N);
  for (std::size_t i = 0; i < N; ++i) indices[i] = i * (N + 1);
  return indices;
}

Shape with_last(Shape shape, std::size_t n) {
  shape.push_back(n);
  return shape;
}

}  // namespace

Var diagonal(Var x) {
  check_square("diagonal", x.shape());
  const Shape& shape = x.shape();
  const std::size_t rank = shape.size(), N = shape[rank - 1];
  return take(reshape(x, with_last(leading(shape), N * N)), diagonal_indices(N), rank - 2);
}

Var diag(Var x) {
  const Shape& shape = x.shape();
  if (shape.empty()) throw std::invalid_argument("[diag] a scalar is not […,N]");
  const std::size_t N = shape.back();
  const Shape stack(shape.begin(), shape.end() - 1);
  return reshape(scatter_add(x, with_last(stack, N * N), diagonal_indices(N), stack.size()),
                 with_last(with_last(stack, N), N));
}

Var trace(Var x) {
  check_square("trace", x.shape());
  const Var d = diagonal(x);
  return sum(d, {d.shape().size() - 1});
}

}  // namespace autograd
