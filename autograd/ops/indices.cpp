// Operations that pick numbers, or add to them, by index along an axis; and what is made of them: flip,
// diagonal, trace.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/kernels/simd.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// ---- on arrays --------------------------------------------------------------------------------------------

namespace {

void check_indices(const char* op, const std::vector<std::size_t>& indices, const Shape& shape,
                   std::size_t axis) {
  const std::size_t n = block_along(op, shape, axis).n;
  for (const std::size_t index : indices)
    if (index >= n)
      throw std::invalid_argument(std::string("[") + op + "] index " + as_signed(index) + " along axis " +
                                  std::to_string(axis) + " of " + to_string(shape));
}

}  // namespace

Taken take(const Array& x, const std::vector<std::size_t>& indices, std::size_t axis) {
  check_indices("take", indices, x.shape(), axis);
  Shape to = x.shape();
  to[axis] = indices.size();
  return {x, to, axis, indices};
}

void Taken::into(Array& out, bool add) const {
  const auto [outer, length, inner] = block_along("take", x.shape(), axis);
  const std::size_t n = indices.size();
  for (std::size_t o = 0; o < outer; ++o) {
    const Real* const from = x.data() + o * length * inner;
    Real* const row = out.data() + o * n * inner;
    if (inner == 1)
      for (std::size_t i = 0; i < n; ++i) row[i] = from[indices[i]] + (add ? row[i] : Real(0));
    else
      for (std::size_t i = 0; i < n; ++i) copy_or_add(inner, from + indices[i] * inner, row + i * inner, add);
  }
}

Scattered scatter_add(const Array& x, const Shape& shape, const std::vector<std::size_t>& indices,
                      std::size_t axis) {
  if (!equal_but_for(x.shape(), shape, axis) || x.shape(axis) != indices.size())
    throw std::invalid_argument("[scatter_add] " + to_string(x.shape()) + " at " +
                                std::to_string(indices.size()) + " indices along axis " + as_signed(axis) +
                                " of " + to_string(shape));
  check_indices("scatter_add", indices, shape, axis);
  return {x, shape, axis, indices};
}

void Scattered::into(Array& out, bool add) const {
  if (!add) out.fill(0);
  const auto [outer, length, inner] = block_along("scatter_add", to, axis);
  const std::size_t n = indices.size();
  for (std::size_t o = 0; o < outer; ++o) {
    const Real* const from = x.data() + o * n * inner;
    Real* const row = out.data() + o * length * inner;
    if (inner == 1)
      for (std::size_t i = 0; i < n; ++i) row[indices[i]] += from[i];
    else
      for (std::size_t i = 0; i < n; ++i)
        copy_or_add(inner, from + i * inner, row + indices[i] * inner, true);
  }
}

// ---- on the tape ------------------------------------------------------------------------------------------

// y[…, i, …] = x[…, indices[i], …]        x̄[…, indices[i], …] += ȳ[…, i, …]
Var take(Var x, const std::vector<std::size_t>& indices, std::size_t axis) {
  return record(
      "take", {x},  //
      [&](const auto& x) { return take(x, indices, axis); },
      [=](const auto& g, const auto& x) { return scatter_add(g, x.shape(), indices, axis); });
}

// y = 0, and y[…, indices[i], …] += x[…, i, …]        x̄[…, i, …] += ȳ[…, indices[i], …]
Var scatter_add(Var x, const Shape& shape, const std::vector<std::size_t>& indices, std::size_t axis) {
  return record(
      "scatter_add", {x},  //
      [&](const auto& x) { return scatter_add(x, shape, indices, axis); },
      [=](const auto& g, const auto&) { return take(g, indices, axis); });
}

// y[…, i, …] = x[…, n−1−i, …]        x̄ += ȳ flipped
Var flip(Var x, std::size_t axis) {
  std::vector<std::size_t> indices(block_along("flip", x.shape(), axis).n);
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = indices.size() - 1 - i;
  return record(
      "flip", {x},  //
      [&](const auto& x) { return take(x, indices, axis); },
      [=](const auto& g, const auto&) { return take(g, indices, axis); });
}

namespace {

// The diagonal's places in a flattened [N,N].
std::vector<std::size_t> diagonal_places(std::size_t N) {
  std::vector<std::size_t> places(N);
  for (std::size_t i = 0; i < N; ++i) places[i] = i * (N + 1);
  return places;
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
  return take(reshape(x, with_last(leading(shape), N * N)), diagonal_places(N), rank - 2);
}

Var diag(Var x) {
  const Shape& shape = x.shape();
  if (shape.empty()) throw std::invalid_argument("[diag] a scalar is not […,N]");
  const std::size_t N = shape.back();
  const Shape stack(shape.begin(), shape.end() - 1);
  return reshape(scatter_add(x, with_last(stack, N * N), diagonal_places(N), stack.size()),
                 with_last(with_last(stack, N), N));
}

Var trace(Var x) {
  check_square("trace", x.shape());
  const Var d = diagonal(x);
  return sum(d, {d.shape().size() - 1});
}

}  // namespace autograd
