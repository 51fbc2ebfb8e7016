// Operations that move the numbers of an array in contiguous runs: other shapes, parts, and arrays made of
// parts. Along an axis, an array is a block [outer, n, inner] (../kernels/blocks.h).
//
// Each operation on arrays is a function that checks its arguments and returns the work to be done
// (../kernels/array_work.h); the operation on Vars records it, with the rule under it.
//
// Next: indices.cpp and permute.cpp.
#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/simd.h"

namespace autograd {

// ---- other shapes -----------------------------------------------------------------------------------------

namespace {

auto reshape(const Array& x, const Shape& shape) {
  if (x.size() != element_count(shape))
    throw std::invalid_argument("[reshape] " + to_string(x.shape()) + " has not as many elements as " +
                                to_string(shape));
  return ArrayWork(shape, [&x](Array& out, bool add) { copy_or_add(x.size(), x.data(), out.data(), add); });
}

}  // namespace

// y = x in another shape        x̄ += ȳ in x's shape
Var reshape(Var x, const Shape& shape) {
  return record(
      "reshape", {x}, [&](const auto& x) { return reshape(x, shape); },
      [](const auto& g, const auto& x) { return reshape(g, x.shape()); });
}

Var expand_dims(Var x, std::size_t axis) {
  const std::size_t rank = x.shape().size();
  axis = Axis(axis).in(rank + 1);
  if (axis > rank) block_along("expand_dims", x.shape(), axis);  // throws
  Shape shape;
  for (std::size_t i = 0; i <= rank; ++i) {
    if (i == axis) shape.push_back(1);
    if (i < rank) shape.push_back(x.shape()[i]);
  }
  return reshape(x, shape);
}

Var squeeze(Var x, std::size_t axis) {
  axis = Axis(axis).in(x.shape().size());
  if (block_along("squeeze", x.shape(), axis).n != 1)
    throw std::invalid_argument("[squeeze] axis " + std::to_string(axis) + " of " + to_string(x.shape()) +
                                " has not length 1");
  Shape shape;
  for (std::size_t i = 0; i < x.shape().size(); ++i)
    if (i != axis) shape.push_back(x.shape()[i]);
  return reshape(x, shape);
}

// ---- a part, and its adjoint: zeros around a part ---------------------------------------------------------

namespace {

// x[…, first:last, …]
auto slice(const Array& x, std::size_t axis, std::size_t first, std::size_t last) {
  if (axis >= x.dimension() || first > last || last > x.shape(axis))
    throw std::invalid_argument("[slice] " + std::to_string(first) + ":" + std::to_string(last) +
                                " along axis " + std::to_string(axis) + " of " + to_string(x.shape()));
  Shape shape = x.shape();
  shape[axis] = last - first;
  const Block b = block_along("slice", x.shape(), axis);
  return ArrayWork(shape, [&x, b, first, last](Array& out, bool add) {
    const std::size_t run = (last - first) * b.inner;
    for (std::size_t o = 0; o < b.outer; ++o)
      copy_or_add(run, x.data() + (o * b.n + first) * b.inner, out.data() + o * run, add);
  });
}

// Zeros of this shape with x at […, first:…, …]
auto embed(const Array& x, const Shape& shape, std::size_t axis, std::size_t first) {
  if (!equal_except_along(x.shape(), shape, axis) || x.shape(axis) > shape[axis] ||
      first > shape[axis] - x.shape(axis))
    throw std::invalid_argument("[embed] " + to_string(x.shape()) + " at " + as_signed(first) +
                                " along axis " + as_signed(axis) + " of " + to_string(shape));
  const Block b = block_along("embed", shape, axis);
  return ArrayWork(shape, [&x, b, first, run = x.shape(axis) * b.inner](Array& out, bool add) {
    if (!add) out.fill(0);
    for (std::size_t o = 0; o < b.outer; ++o)
      copy_or_add(run, x.data() + o * run, out.data() + (o * b.n + first) * b.inner, add);
  });
}

// y = x[…, first:last, …]       x̄[…, first:last, …] += ȳ
Var contiguous_slice(Var x, std::size_t axis, std::size_t first, std::size_t last) {
  return record(
      "slice", {x}, [=](const auto& x) { return slice(x, axis, first, last); },
      [=](const auto& g, const auto& x) { return embed(g, x.shape(), axis, first); });
}

}  // namespace

Var slice(Var x, std::size_t axis, std::ptrdiff_t first, std::ptrdiff_t last, std::ptrdiff_t step) {
  // Count negative numbers from the end, and check.
  axis = Axis(axis).in(x.shape().size());
  const std::ptrdiff_t n = axis < x.shape().size() ? std::ptrdiff_t(x.shape()[axis]) : -1;
  const std::ptrdiff_t from = first < 0 ? first + n : first, to = last < 0 ? last + n : last;
  if (step < 1 || from < 0 || to < from || n < to)
    throw std::invalid_argument("[slice] " + std::to_string(first) + ":" + std::to_string(last) + ":" +
                                std::to_string(step) + " along axis " + as_signed(axis) + " of " +
                                to_string(x.shape()) +
                                (step < 1 ? ": steps go forward; flip turns an axis round" : ""));
  if (step == 1) return contiguous_slice(x, axis, std::size_t(from), std::size_t(to));

  // Take single indices if there are steps.
  std::vector<std::size_t> indices;
  for (std::ptrdiff_t i = from; i < to; i += std::min(step, n)) indices.push_back(std::size_t(i));
  return take(x, indices, axis);
}

// y = 0, but y[…, first:first+n, …] = x        x̄ += ȳ[…, first:first+n, …]
Var embed(Var x, const Shape& shape, std::size_t axis, std::size_t first) {
  axis = Axis(axis).in(shape.size());
  return record(
      "embed", {x}, [&](const auto& x) { return embed(x, shape, axis, first); },
      [=](const auto& g, const auto& x) { return slice(g, axis, first, first + x.shape()[axis]); });
}

Var pad(Var x, std::size_t axis, std::size_t before, std::size_t after) {
  axis = Axis(axis).in(x.shape().size());
  Shape shape = x.shape();
  const std::size_t n = block_along("pad", shape, axis).n;
  shape[axis] = before + n + after;
  if (std::max(before, after) > std::numeric_limits<std::ptrdiff_t>::max() / 4)
    throw std::invalid_argument("[pad] " + to_string(x.shape()) + " by " + as_signed(before) + " and " +
                                as_signed(after) + " along axis " + std::to_string(axis));
  return embed(x, shape, axis, before);
}

// ---- arrays made of parts ---------------------------------------------------------------------------------

namespace {

auto concat(const Array& a, const Array& b, std::size_t axis) {
  if (!equal_except_along(a.shape(), b.shape(), axis))
    throw std::invalid_argument("[concat] " + to_string(a.shape()) + " and " + to_string(b.shape()) +
                                " along axis " + std::to_string(axis));
  Shape shape = a.shape();
  shape[axis] += b.shape(axis);
  const auto [outer, n, inner] = block_along("concat", a.shape(), axis);
  const std::size_t run_a = n * inner, run_b = b.shape(axis) * inner;
  return ArrayWork(shape, [&a, &b, outer = outer, run_a, run_b](Array& out, bool add) {
    for (std::size_t o = 0; o < outer; ++o) {
      Real* const row = out.data() + o * (run_a + run_b);
      copy_or_add(run_a, a.data() + o * run_a, row, add);
      copy_or_add(run_b, b.data() + o * run_b, row + run_a, add);
    }
  });
}

// c = [a b]        ā += the first part of c̄,  b̄ += the rest
Var concat(Var a, Var b, std::size_t axis) {
  return record(
      "concat", {a, b}, [=](const auto& a, const auto& b) { return concat(a, b, axis); },
      [=](const auto& g, const auto& a, const auto&) { return slice(g, axis, 0, a.shape()[axis]); },
      [=](const auto& g, const auto& a, const auto&) {
        return slice(g, axis, a.shape()[axis], g.shape()[axis]);
      });
}

// By halves, so that each element is copied log n times.
Var concat(const std::vector<Var>& xs, std::size_t first, std::size_t last, std::size_t axis) {
  if (last - first == 1) return xs[first];
  const std::size_t middle = first + (last - first) / 2;
  return concat(concat(xs, first, middle, axis), concat(xs, middle, last, axis), axis);
}

}  // namespace

Var concat(const std::vector<Var>& xs, std::size_t axis) {
  if (xs.empty()) throw std::invalid_argument("[concat] of nothing");
  axis = Axis(axis).in(xs[0].shape().size());
  block_along("concat", xs[0].shape(), axis);  // throws for an axis that does not exist
  return concat(xs, 0, xs.size(), axis);
}

Var stack(const std::vector<Var>& xs, std::size_t axis) {
  if (xs.empty()) throw std::invalid_argument("[stack] of nothing");
  axis = Axis(axis).in(xs[0].shape().size() + 1);
  std::vector<Var> expanded;
  for (const Var& x : xs) {
    if (x.shape() != xs[0].shape() || axis > x.shape().size())
      throw std::invalid_argument("[stack] " + to_string(xs[0].shape()) + " and " + to_string(x.shape()) +
                                  " along a new axis " + as_signed(axis));
    expanded.push_back(expand_dims(x, axis));
  }
  return concat(expanded, axis);
}

}  // namespace autograd
