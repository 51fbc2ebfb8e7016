// Operations that move elements without changing them. Along one axis an array is a block [outer, n, inner].
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/lanes.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/work.h"

namespace autograd {

namespace {

std::size_t inner_size(const Shape& shape, std::size_t axis) {
  std::size_t size = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) size *= shape[i];
  return size;
}

std::size_t outer_size(const Shape& shape, std::size_t axis) {
  std::size_t size = 1;
  for (std::size_t i = 0; i < axis; ++i) size *= shape[i];
  return size;
}

bool equal_but_for(const Shape& a, const Shape& b, std::size_t axis) {
  if (a.size() != b.size() || axis >= a.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (i != axis && a[i] != b[i]) return false;
  return true;
}

}  // namespace

// ---- on arrays --------------------------------------------------------------------------------------------------------------

Reshaped reshape(const Array& x, const Shape& shape) {
  if (x.size() != element_count(shape))
    throw std::invalid_argument("[reshape] " + to_string(x.shape()) + " has not as many elements as " + to_string(shape));
  return {x, shape};
}

void Reshaped::into(Array& out, bool add) const { copy_or_add(x.size(), x.data(), out.data(), add); }

Sliced slice(const Array& x, std::size_t axis, std::size_t first, std::size_t last) {
  if (axis >= x.dimension() || first > last || last > x.shape(axis))
    throw std::invalid_argument("[slice] " + std::to_string(first) + ":" + std::to_string(last) + " along axis " +
                                std::to_string(axis) + " of " + to_string(x.shape()));
  Shape to = x.shape();
  to[axis] = last - first;
  return {x, to, axis, first};
}

void Sliced::into(Array& out, bool add) const {
  const std::size_t inner = inner_size(to, axis), run = to[axis] * inner, stride = x.shape(axis) * inner;
  for (std::size_t o = 0; o < outer_size(to, axis); ++o)
    copy_or_add(run, x.data() + o * stride + first * inner, out.data() + o * run, add);
}

Embedded embed(const Array& x, const Shape& shape, std::size_t axis, std::size_t first) {
  if (!equal_but_for(x.shape(), shape, axis) || x.shape(axis) > shape[axis] || first > shape[axis] - x.shape(axis))
    throw std::invalid_argument("[embed] " + to_string(x.shape()) + " at " + std::to_string(first) + " along axis " +
                                std::to_string(axis) + " of " + to_string(shape));
  return {x, shape, axis, first};
}

void Embedded::into(Array& out, bool add) const {
  if (!add) out.fill(0);
  const std::size_t inner = inner_size(to, axis), run = x.shape(axis) * inner, stride = to[axis] * inner;
  for (std::size_t o = 0; o < outer_size(to, axis); ++o)
    copy_or_add(run, x.data() + o * run, out.data() + o * stride + first * inner, add);
}

Joined concat(const Array& a, const Array& b, std::size_t axis) {
  if (!equal_but_for(a.shape(), b.shape(), axis))
    throw std::invalid_argument("[concat] " + to_string(a.shape()) + " and " + to_string(b.shape()) + " along axis " +
                                std::to_string(axis));
  Shape to = a.shape();
  to[axis] += b.shape(axis);
  return {a, b, axis, to};
}

void Joined::into(Array& out, bool add) const {
  const std::size_t inner = inner_size(to, axis), run_a = a.shape(axis) * inner, run_b = b.shape(axis) * inner;
  for (std::size_t o = 0; o < outer_size(to, axis); ++o) {
    Real* row = out.data() + o * (run_a + run_b);
    copy_or_add(run_a, a.data() + o * run_a, row, add);
    copy_or_add(run_b, b.data() + o * run_b, row + run_a, add);
  }
}

// ---- on the tape ------------------------------------------------------------------------------------------------------------

// y = x in another shape        x̄ += ȳ in x's shape
Var reshape(Var x, const Shape& shape) {
  return record(
      "reshape", {x},  //
      [&](const auto& x) { return reshape(x, shape); }, [](const auto& g, const auto& x) { return reshape(g, x.shape()); });
}

// y = x[…, first:last, …]       x̄[…, first:last, …] += ȳ
Var slice(Var x, std::size_t axis, std::size_t first, std::size_t last) {
  return record(
      "slice", {x},  //
      [=](const auto& x) { return slice(x, axis, first, last); },
      [=](const auto& g, const auto& x) { return embed(g, x.shape(), axis, first); });
}

// y = 0, but y[…, first:first+n, …] = x        x̄ += ȳ[…, first:first+n, …]
Var embed(Var x, const Shape& shape, std::size_t axis, std::size_t first) {
  return record(
      "embed", {x},  //
      [&](const auto& x) { return embed(x, shape, axis, first); },
      [=](const auto& g, const auto& x) { return slice(g, axis, first, first + x.shape()[axis]); });
}

namespace {

// c = [a b]        ā += c̄'s first part,  b̄ += the rest
Var concat(Var a, Var b, std::size_t axis) {
  return record(
      "concat", {a, b},  //
      [=](const auto& a, const auto& b) { return autograd::concat(a, b, axis); },
      [=](const auto& g, const auto& a, const auto&) { return slice(g, axis, 0, a.shape()[axis]); },
      [=](const auto& g, const auto& a, const auto&) { return slice(g, axis, a.shape()[axis], g.shape()[axis]); });
}

}  // namespace

Var concat(const std::vector<Var>& xs, std::size_t axis) {
  if (xs.empty()) throw std::invalid_argument("[concat] of nothing");
  Var y = xs.front();
  for (std::size_t i = 1; i < xs.size(); ++i) y = concat(y, xs[i], axis);
  return y;
}

}  // namespace autograd
