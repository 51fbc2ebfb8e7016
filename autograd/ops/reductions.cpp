// Reductions: n numbers along axes become one. Sums go through `sum_to` (broadcast.cpp).
//
// On arrays a rule is one kernel; on Vars it is the same equation of recorded operations.
#include "autograd/ops/reductions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

Var reduce(const char* op, Var x, const Axes& axes, bool keep, Var (*reduce_to)(Var x, const Shape& shape)) {
  const Shape result = reduced_shape(op, x.shape(), axes, keep);
  Shape small = reduced_shape(op, x.shape(), axes, true);
  // Permute the axes that are reduced to the end, unless they are neighbours.
  if (blocks_between(op, small, x.shape()).count > 1) {
    Axes order;
    for (const bool is_reduced : {false, true})
      for (std::size_t axis = 0; axis < small.size(); ++axis)
        if ((times_named(axes, axis, small.size()) > 0) == is_reduced) order.push_back(axis);
    x = permute(x, order);
    const Shape before = small;
    for (std::size_t i = 0; i < order.size(); ++i) small[i] = before[order[i].in(order.size())];
  }
  // Reduce, and put the axes that stay in their places.
  const Var y = reduce_to(x, small);
  return y.shape() == result ? y : reshape(y, result);
}

namespace {

void check_not_empty(const char* op, const Shape& shape, const Axes& axes) {
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] == 0 && times_named(axes, axis, shape.size()) > 0)
      throw std::invalid_argument(std::string("[") + op + "] of no elements: shape " + to_string(shape));
}

// x reduced to this shape by folding f, from `start`
template <class F>
auto fold_to(const char* op, const Array& x, const Shape& shape, Real start, const F& f) {
  return ArrayWork(shape, [&x, start, f, b = block_between(op, shape, x.shape())](Array& out, bool add) {
    if (!add) return fold(b, x.data(), out.data(), start, f);
    std::vector<Real> y(out.size());
    fold(b, x.data(), y.data(), start, f);
    copy_or_add(y.size(), y.data(), out.data(), true);
  });
}

}  // namespace

// ---- sum and mean -----------------------------------------------------------------------------------------

Var sum(Var x, const Axes& axes, bool keep) {
  const Var y = sum_to(x, reduced_shape("sum", x.shape(), axes, true));
  return keep ? y : reshape(y, reduced_shape("sum", x.shape(), axes, false));
}

Var mean(Var x, const Axes& axes, bool keep) {
  const std::size_t count = count_over("mean", x.shape(), axes);
  if (count == 0) throw std::invalid_argument("[mean] of no elements: shape " + to_string(x.shape()));
  return sum(x, axes, keep) / Real(count);
}

// ---- max and min ------------------------------------------------------------------------------------------

namespace {

// ȳ / k for each of the k elements that equal y, else 0. If y is NaN, no element compares unequal: all share.
auto chosen_slope(const Array& g, const Array& x, const Array& y) {
  const Block b = block_between("max", y.shape(), x.shape());
  return ArrayWork(x.shape(), [&g, &x, &y, b](Array& out, bool add) {
    // Count the elements that equal y, and divide ȳ among them.
    std::vector<Real> share(y.size());
    const auto chosen = [](auto x, auto y) { return where((x < y) | (x > y), 0, 1); };
    sum_along(b, share.data(), chosen, {x.data()}, {y.data()});
    for_each_lane(share.size(), share.data(), false, [](auto g, auto k) { return g / k; },
                  {g.data(), share.data()});
    const auto slope = [](auto x, auto y, auto share) { return where((x < y) | (x > y), 0, share); };
    for_each_along(b, out.data(), add, slope, {x.data()}, {y.data(), share.data()});
  });
}
Var chosen_slope(Var g, Var x, Var y) {
  const Var is_larger = x > y;
  const Var other = where(x < y, Real(1), is_larger);
  const Var chosen = Real(1) - other;
  return g / sum_to(chosen, y.shape()) * chosen;
}

// y = max x        x̄ += ȳ for the largest; ties share
Var max_to(Var x, const Shape& shape) {
  return record(
      "max", {x}, [&](const auto& x) { return fold_to("max", x, shape, -infinity, larger); },
      [](const auto& g, const auto& x, const auto& y) { return chosen_slope(g, x, y); });
}

// y = min x        x̄ += ȳ for the smallest; ties share
Var min_to(Var x, const Shape& shape) {
  return record(
      "min", {x}, [&](const auto& x) { return fold_to("min", x, shape, infinity, smaller); },
      [](const auto& g, const auto& x, const auto& y) { return chosen_slope(g, x, y); });
}

}  // namespace

Var max(Var x, const Axes& axes, bool keep) {
  check_not_empty("max", x.shape(), axes);
  return reduce("max", x, axes, keep, max_to);
}

Var min(Var x, const Axes& axes, bool keep) {
  check_not_empty("min", x.shape(), axes);
  return reduce("min", x, axes, keep, min_to);
}

std::vector<std::size_t> argmax(const Array& x, std::size_t axis) {
  const Block b = block_along("argmax", x.shape(), axis);
  if (b.n == 0) throw std::invalid_argument("[argmax] of no elements: shape " + to_string(x.shape()));
  std::vector<Real> largest(b.outer * b.inner);
  fold(b, x.data(), largest.data(), -infinity, larger);
  // Find where it stands, from the last element to the first, so that the first of equals remains.
  std::vector<std::size_t> indices(b.outer * b.inner, 0);
  for (std::size_t o = 0; o < b.outer; ++o)
    for (std::size_t i = b.n; i-- > 0;)
      for (std::size_t j = 0; j < b.inner; ++j) {
        const Real v = x.data()[(o * b.n + i) * b.inner + j], m = largest[o * b.inner + j];
        if (v == m || v != v) indices[o * b.inner + j] = i;
      }
  return indices;
}

// ---- products ---------------------------------------------------------------------------------------------

namespace {

// ȳ Π_{j≠i} xⱼ = ȳ Π_{j<i} xⱼ Π_{j>i} xⱼ: without a division, so that it is right where elements are 0
auto product_slope(const Array& g, const Array& x) {
  const Block b = block_between("prod", g.shape(), x.shape());
  return ArrayWork(x.shape(), [&g, &x, b](Array& out, bool add) {
    const std::size_t count = b.n * b.inner;
    std::vector<Real> before(count), after(count), forwards(b.inner), backwards(b.inner);
    for (std::size_t o = 0; o < b.outer; ++o) {
      // Scan the products ȳ Π_{j<i} xⱼ from the start and Π_{j>i} xⱼ from the end.
      const Real* const x_ = x.data() + o * count;
      std::copy_n(g.data() + o * b.inner, b.inner, forwards.begin());
      std::fill(backwards.begin(), backwards.end(), Real(1));
      const auto products = [&](std::size_t i, std::size_t from_end, Real& forward, Real& backward) {
        before[i] = forward, forward *= x_[i];
        after[from_end] = backward, backward *= x_[from_end];
      };
      scan(b.n, b.inner, products, forwards.data(), backwards.data());
      // Multiply them.
      for_each_lane(count, out.data() + o * count, add, [](auto p, auto q) { return p * q; },
                    {before.data(), after.data()});
    }
  });
}

// Π_{j≠i} xⱼ along the axis, as recorded operations: log n products of halves
Var product_of_others(Var x, std::size_t axis) {
  // Pair the elements of both halves.
  const std::ptrdiff_t n = std::ptrdiff_t(x.shape()[axis]), half = n / 2;
  if (half == 0) return constant(full(x.shape(), 1));
  const Var a = slice(x, axis, 0, half), b = slice(x, axis, half, 2 * half),
            rest = slice(x, axis, 2 * half, n);
  // Multiply all pairs but one, and that one's other element.
  const Var others = product_of_others(concat({a * b, rest}, axis), axis);
  const Var of_pairs = slice(others, axis, 0, half);
  return concat({of_pairs * b, of_pairs * a, slice(others, axis, half, n - half)}, axis);
}

Var product_slope(Var g, Var x) {
  const Block b = block_between("prod", g.shape(), x.shape());
  const Var block = reshape(x, {b.outer, b.n, b.inner});
  return reshape(reshape(g, {b.outer, 1, b.inner}) * product_of_others(block, 1), x.shape());
}

// y = Π x          x̄ᵢ += ȳ Π_{j≠i} xⱼ
Var prod_to(Var x, const Shape& shape) {
  return record(
      "prod", {x},
      [&](const auto& x) { return fold_to("prod", x, shape, 1, [](auto a, auto b) { return a * b; }); },
      [](const auto& g, const auto& x) { return product_slope(g, x); });
}

}  // namespace

Var prod(Var x, const Axes& axes, bool keep) { return reduce("prod", x, axes, keep, prod_to); }

// ---- variance ---------------------------------------------------------------------------------------------

namespace {

// The mean as m + c: m = Σ x / n is rounded, and c = Σ (x − m) / n is what the rounding took. (Where m
// overflows, c is 0.)
struct Centre {
  std::vector<Real> m, c;

  Centre(const Block& b, const Array& x) : m(b.outer * b.inner), c(m.size()) {
    sum_block(b, x.data(), m.data(), false);
    for (Real& v : m) v /= Real(b.n);
    sum_along(b, c.data(), [](auto x, auto m) { return x - m; }, {x.data()}, {m.data()});
    for (Real& v : c) v = std::isfinite(v) ? v / Real(b.n) : 0;
  }
};

// Σ (x − m)²
auto squared_deviations_to(const Array& x, const Shape& shape) {
  const Block b = block_between("var", shape, x.shape());
  return ArrayWork(shape, [&x, b](Array& out, bool add) {
    const Centre at(b, x);
    std::vector<Real> s(at.m.size());
    const auto square = [](auto x, auto m, auto c) { return ((x - m) - c) * ((x - m) - c); };
    sum_along(b, s.data(), square, {x.data()}, {at.m.data(), at.c.data()});
    copy_or_add(s.size(), s.data(), out.data(), add);
  });
}

// 2 ȳ (x − m). Nothing flows through m, because the deviations from it add up to 0.
auto deviation_slope(const Array& g, const Array& x) {
  const Block b = block_between("var", g.shape(), x.shape());
  return ArrayWork(x.shape(), [&g, &x, b](Array& out, bool add) {
    const Centre at(b, x);
    const auto slope = [](auto x, auto g, auto m, auto c) { return 2 * g * ((x - m) - c); };
    for_each_along(b, out.data(), add, slope, {x.data()}, {g.data(), at.m.data(), at.c.data()});
  });
}
Var deviation_slope(Var g, Var x) {
  const Real share = Real(g.value().size()) / Real(x.value().size());
  const Var rough = x - sum_to(x, g.shape()) * share, c = sum_to(rough, g.shape()) * share;
  return 2 * g * (rough - where(abs(c) < infinity, c, 0));
}

// y = Σ (x − m)²    x̄ += 2 ȳ (x − m)
Var squared_deviations_to(Var x, const Shape& shape) {
  return record(
      "var", {x}, [&](const auto& x) { return squared_deviations_to(x, shape); },
      [](const auto& g, const auto& x) { return deviation_slope(g, x); });
}

}  // namespace

// 1/(n − ddof) Σ (x − m)²
Var var(Var x, const Axes& axes, bool keep, std::size_t ddof) {
  const std::size_t n = count_over("var", x.shape(), axes);
  if (n <= ddof)
    throw std::invalid_argument("[var] of " + std::to_string(n) + " elements with ddof " +
                                std::to_string(ddof) + ": shape " + to_string(x.shape()));
  return reduce("var", x, axes, keep, squared_deviations_to) / Real(n - ddof);
}

// ---- norm -------------------------------------------------------------------------------------------------

namespace {

const Real least = std::numeric_limits<Real>::denorm_min();

// A power of two that brings this size near 1, or as near as its own reciprocal is a number; 1 for 0 and what
// is not finite.
Real scale_of(Real size) {
  const int most = std::numeric_limits<Real>::max_exponent - 2;
  return size > 0 && std::isfinite(size) ? std::ldexp(Real(1), std::clamp(-std::ilogb(size), -most, most))
                                         : 1;
}

// √Σ x²
auto norm_to(const Array& x, const Shape& shape) {
  const Block b = block_between("norm", shape, x.shape());
  return ArrayWork(shape, [&x, b](Array& out, bool add) {
    std::vector<Real> scale(b.outer * b.inner, 1), s(scale.size());
    const auto sum_squares = [&] {
      const auto scaled_square = [](auto x, auto scale) { return (x * scale) * (x * scale); };
      sum_along(b, s.data(), scaled_square, {x.data()}, {scale.data()});
    };
    sum_squares();

    // If squares overflowed or became denormal, sum them again, scaled by the largest number of each block.
    const Real low = std::numeric_limits<Real>::min() / std::numeric_limits<Real>::epsilon();
    if (!std::all_of(s.begin(), s.end(), [=](Real s) { return s >= low && std::isfinite(s); })) {
      fold(b, x.data(), scale.data(), Real(0), [](Lane a, Lane b) { return larger(abs(a), abs(b)); });
      for (Real& v : scale) v = scale_of(v);
      sum_squares();
    }
    for_each_lane(s.size(), out.data(), add, [](auto s, auto scale) { return sqrt(s) / scale; },
                  {s.data(), scale.data()});
  });
}

// ȳ x/y, and 0 where y is 0; a NaN stays, because it is not below the least number
auto norm_slope(const Array& g, const Array& x, const Array& y) {
  const Block b = block_between("norm", y.shape(), x.shape());
  return ArrayWork(x.shape(), [&g, &x, &y, b](Array& out, bool add) {
    const auto slope = [](auto x, auto g, auto y) { return g * (x / where(y < least, infinity, y)); };
    for_each_along(b, out.data(), add, slope, {x.data()}, {g.data(), y.data()});
  });
}
Var norm_slope(Var g, Var x, Var y) { return g * (x / where(y < least, infinity, y)); }

// y = √Σ x²         x̄ += ȳ x/y
Var norm_to(Var x, const Shape& shape) {
  return record(
      "norm", {x}, [&](const auto& x) { return norm_to(x, shape); },
      [](const auto& g, const auto& x, const auto& y) { return norm_slope(g, x, y); });
}

}  // namespace

Var norm(Var x, const Axes& axes, bool keep) { return reduce("norm", x, axes, keep, norm_to); }

// ---- over all axes ----------------------------------------------------------------------------------------

Var sum(Var x) { return sum(x, all_axes(x.shape())); }
Var mean(Var x) { return mean(x, all_axes(x.shape())); }
Var max(Var x) { return max(x, all_axes(x.shape())); }
Var min(Var x) { return min(x, all_axes(x.shape())); }
Var prod(Var x) { return prod(x, all_axes(x.shape())); }
Var var(Var x) { return var(x, all_axes(x.shape())); }
Var norm(Var x) { return norm(x, all_axes(x.shape())); }

}  // namespace autograd
