// Operations that move elements without changing them. Along one axis an array is a block [outer, n, inner].
#include <algorithm>
#include <stdexcept>
#include <string>

#include "autograd/axes.h"
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

void check_axis(const char* op, const Shape& shape, std::size_t axis) {
  if (axis >= shape.size())
    throw std::invalid_argument(std::string("[") + op + "] axis " + std::to_string(axis) + " of " + to_string(shape));
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

Taken take(const Array& x, const std::vector<std::size_t>& indices, std::size_t axis) {
  check_axis("take", x.shape(), axis);
  for (const std::size_t index : indices)
    if (index >= x.shape(axis))
      throw std::invalid_argument("[take] index " + std::to_string(index) + " along axis " + std::to_string(axis) + " of " +
                                  to_string(x.shape()));
  Shape to = x.shape();
  to[axis] = indices.size();
  return {x, to, axis, indices};
}

void Taken::into(Array& out, bool add) const {
  const std::size_t inner = inner_size(to, axis), length = x.shape(axis), n = indices.size();
  for (std::size_t o = 0; o < outer_size(to, axis); ++o) {
    const Real* const from = x.data() + o * length * inner;
    Real* const row = out.data() + o * n * inner;
    if (inner == 1)
      for (std::size_t i = 0; i < n; ++i) row[i] = from[indices[i]] + (add ? row[i] : Real(0));
    else
      for (std::size_t i = 0; i < n; ++i) copy_or_add(inner, from + indices[i] * inner, row + i * inner, add);
  }
}

Scattered scatter_add(const Array& x, const Shape& shape, const std::vector<std::size_t>& indices, std::size_t axis) {
  bool fits = equal_but_for(x.shape(), shape, axis) && x.shape(axis) == indices.size();
  for (const std::size_t index : indices) fits = fits && index < shape[axis];
  if (!fits)
    throw std::invalid_argument("[scatter_add] " + to_string(x.shape()) + " at " + std::to_string(indices.size()) +
                                " indices along axis " + std::to_string(axis) + " of " + to_string(shape));
  return {x, shape, axis, indices};
}

void Scattered::into(Array& out, bool add) const {
  if (!add) out.fill(0);
  const std::size_t inner = inner_size(to, axis), length = to[axis], n = indices.size();
  for (std::size_t o = 0; o < outer_size(to, axis); ++o) {
    const Real* const from = x.data() + o * n * inner;
    Real* const row = out.data() + o * length * inner;
    if (inner == 1)
      for (std::size_t i = 0; i < n; ++i) row[indices[i]] += from[i];
    else
      for (std::size_t i = 0; i < n; ++i) copy_or_add(inner, from + i * inner, row + indices[i] * inner, true);
  }
}

Permuted permute(const Array& x, const std::vector<std::size_t>& axes) {
  Shape to = x.shape();
  std::vector<bool> met(to.size(), false);
  bool permutation = axes.size() == to.size();
  for (std::size_t i = 0; permutation && i < axes.size(); ++i) {
    permutation = axes[i] < to.size() && !met[axes[i]];
    if (permutation) met[axes[i]] = true, to[i] = x.shape(axes[i]);
  }
  if (!permutation) throw std::invalid_argument("[permute] the axes are no permutation of those of " + to_string(x.shape()));
  return {x, to, axes};
}

namespace {

// An axis of a permuted array: its length, and how far apart neighbours along it are in x and in the result.
struct Walk {
  std::size_t n, from, to;
};

// The axes of the result, without those of length 1, and with neighbours joined that were neighbours in x.
std::vector<Walk> walks(const Shape& x, const Shape& result, const std::vector<std::size_t>& axes) {
  std::vector<Walk> joined;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Walk axis = {result[i], inner_size(x, axes[i]), inner_size(result, i)};
    if (axis.n == 1) continue;
    if (!joined.empty() && joined.back().from == axis.n * axis.from)
      joined.back() = {joined.back().n * axis.n, axis.from, axis.to};
    else
      joined.push_back(axis);
  }
  return joined;
}

// f(offset in x, offset in the result) for every place along these axes
template <class F>
void for_each_place(const std::vector<Walk>& axes, std::size_t k, std::size_t from, std::size_t to, const F& f) {
  if (k == axes.size()) return f(from, to);
  for (std::size_t i = 0; i < axes[k].n; ++i) for_each_place(axes, k + 1, from + i * axes[k].from, to + i * axes[k].to, f);
}

// out[i c.to + j] = x[i + j r.from]: c are neighbours in x, r in the result. By tiles, so that what is read stays in the cache.
void transpose(const Walk& c, const Walk& r, const Real* x, Real* out, bool add) {
  constexpr std::size_t tile = 16;
  for (std::size_t j0 = 0; j0 < r.n; j0 += tile)
    for (std::size_t i0 = 0; i0 < c.n; i0 += tile)
      for (std::size_t i = i0; i < std::min(c.n, i0 + tile); ++i)
        for (std::size_t j = j0; j < std::min(r.n, j0 + tile); ++j)
          out[i * c.to + j] = x[i + j * r.from] + (add ? out[i * c.to + j] : Real(0));
}

}  // namespace

void Permuted::into(Array& out, bool add) const {
  if (out.size() == 0) return;
  std::vector<Walk> rest = walks(x.shape(), to, axes);
  if (rest.empty()) return copy_or_add(1, x.data(), out.data(), add);
  const Walk last = rest.back();
  rest.pop_back();
  if (last.from == 1)  // whole runs move
    return for_each_place(rest, 0, 0, 0,
                          [&](std::size_t from, std::size_t at) { copy_or_add(last.n, x.data() + from, out.data() + at, add); });
  const auto adjacent = std::find_if(rest.begin(), rest.end(), [](const Walk& w) { return w.from == 1; });
  const Walk across = *adjacent;
  rest.erase(adjacent);
  for_each_place(rest, 0, 0, 0,
                 [&](std::size_t from, std::size_t at) { transpose(across, last, x.data() + from, out.data() + at, add); });
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

namespace {

// y = x[…, first:last, …]       x̄[…, first:last, …] += ȳ
Var contiguous_slice(Var x, std::size_t axis, std::size_t first, std::size_t last) {
  return record(
      "slice", {x},  //
      [=](const auto& x) { return slice(x, axis, first, last); },
      [=](const auto& g, const auto& x) { return embed(g, x.shape(), axis, first); });
}

}  // namespace

// Steps are a matter of indices.
Var slice(Var x, std::size_t axis, std::ptrdiff_t first, std::ptrdiff_t last, std::ptrdiff_t step) {
  const std::ptrdiff_t n = axis < x.shape().size() ? std::ptrdiff_t(x.shape()[axis]) : -1;
  const std::ptrdiff_t from = first < 0 ? first + n : first, to = last < 0 ? last + n : last;
  if (step < 1 || from < 0 || to < from || n < to)
    throw std::invalid_argument("[slice] " + std::to_string(first) + ":" + std::to_string(last) + ":" + std::to_string(step) +
                                " along axis " + std::to_string(axis) + " of " + to_string(x.shape()));
  if (step == 1) return contiguous_slice(x, axis, std::size_t(from), std::size_t(to));
  std::vector<std::size_t> indices;
  for (std::ptrdiff_t i = from; i < to; i += step) indices.push_back(std::size_t(i));
  return take(x, indices, axis);
}

// y[…, i, …] = x[…, n−1−i, …]        x̄ += ȳ flipped
Var flip(Var x, std::size_t axis) {
  check_axis("flip", x.shape(), axis);
  std::vector<std::size_t> indices(x.shape()[axis]);
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = indices.size() - 1 - i;
  return record(
      "flip", {x},  //
      [&](const auto& x) { return take(x, indices, axis); }, [=](const auto& g, const auto&) { return take(g, indices, axis); });
}

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

// y's axis i is x's axis axes[i]          x̄ += ȳ with the axes put back
Var permute(Var x, const Axes& axes) {
  return record(
      "permute", {x},  //
      [&](const auto& x) { return permute(x, axes); },
      [=](const auto& g, const auto&) {
        Axes back(axes.size());
        for (std::size_t i = 0; i < axes.size(); ++i) back[axes[i]] = i;
        return permute(g, back);
      });
}

Var expand_dims(Var x, std::size_t axis) {
  const std::size_t rank = x.shape().size();
  if (axis > rank) check_axis("expand_dims", x.shape(), axis);
  Shape shape;
  for (std::size_t i = 0; i <= rank; ++i) {
    if (i == axis) shape.push_back(1);
    if (i < rank) shape.push_back(x.shape()[i]);
  }
  return reshape(x, shape);
}

Var squeeze(Var x, std::size_t axis) {
  check_axis("squeeze", x.shape(), axis);
  if (x.shape()[axis] != 1)
    throw std::invalid_argument("[squeeze] axis " + std::to_string(axis) + " of " + to_string(x.shape()) + " has not length 1");
  Shape shape;
  for (std::size_t i = 0; i < x.shape().size(); ++i)
    if (i != axis) shape.push_back(x.shape()[i]);
  return reshape(x, shape);
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

Var stack(const std::vector<Var>& xs, std::size_t axis) {
  std::vector<Var> expanded;
  for (const Var& x : xs) expanded.push_back(expand_dims(x, axis));
  return concat(expanded, axis);
}

Var pad(Var x, std::size_t axis, std::size_t before, std::size_t after) {
  check_axis("pad", x.shape(), axis);
  Shape shape = x.shape();
  shape[axis] += before + after;
  return embed(x, shape, axis, before);
}

namespace {

// The halves first, so that each element is moved log n times.
Var concat(const std::vector<Var>& xs, std::size_t first, std::size_t last, std::size_t axis) {
  if (last - first == 1) return xs[first];
  const std::size_t middle = first + (last - first) / 2;
  return concat(concat(xs, first, middle, axis), concat(xs, middle, last, axis), axis);
}

}  // namespace

Var concat(const std::vector<Var>& xs, std::size_t axis) {
  if (xs.empty()) throw std::invalid_argument("[concat] of nothing");
  return concat(xs, 0, xs.size(), axis);
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
  const Shape& shape = x.shape();
  const std::size_t rank = shape.size();
  if (rank < 2 || shape[rank - 2] != shape[rank - 1])
    throw std::invalid_argument("[diagonal] " + to_string(shape) + " is not […,N,N]");
  const std::size_t N = shape[rank - 1];
  return take(reshape(x, with_last(leading(shape), N * N)), diagonal_places(N), rank - 2);
}

Var diag(Var x) {
  const Shape& shape = x.shape();
  if (shape.empty()) throw std::invalid_argument("[diag] a scalar is not […,N]");
  const std::size_t N = shape.back();
  const Shape stack(shape.begin(), shape.end() - 1);
  return reshape(scatter_add(x, with_last(stack, N * N), diagonal_places(N), stack.size()), with_last(with_last(stack, N), N));
}

Var trace(Var x) {
  const Var d = diagonal(x);
  return sum(d, {d.shape().size() - 1});
}

}  // namespace autograd
