// Reductions other than sums: choosing (max, min), products, running sums, and compositions (var, norm).
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/axes.h"
#include "autograd/folds.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/work.h"

namespace autograd {

namespace {

const Real infinity = std::numeric_limits<Real>::infinity();

// x folded to this shape
template <class F>
auto folded(const char* op, const Array& x, const Shape& shape, Real start, const F& f) {
  return written(shape, [&x, start, f, b = block_between(op, shape, x.shape())](Array& out, bool add) {
    if (!add) return fold(b, x.data(), out.data(), start, f);
    std::vector<Real> y(out.size());
    fold(b, x.data(), y.data(), start, f);
    copy_or_add(y.size(), y.data(), out.data(), true);
  });
}

// f(place in [n, inner], running[j]) row by row, or from the last row to the first
template <class T, class F>
void for_each_running(std::size_t n, std::size_t inner, bool reverse, T* running, const F& f) {
  if (inner == 1) {  // in a register
    T one = *running;
    for (std::size_t i = 0; i < n; ++i) f(reverse ? n - 1 - i : i, one);
    *running = one;
    return;
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < inner; ++j) f((reverse ? n - 1 - i : i) * inner + j, running[j]);
}

void check_not_empty(const char* op, const Shape& shape, const Axes& axes) {
  for (const std::size_t axis : axes)
    if (axis < shape.size() && shape[axis] == 0)
      throw std::invalid_argument(std::string("[") + op + "] of no elements: shape " + to_string(shape));
}

// ---- max and min ------------------------------------------------------------------------------------------------------------

// ȳ / k for each of the k elements that equal y, else 0
auto chosen_slope(const Array& g, const Array& x, const Array& y) {
  return written(x.shape(), [&, b = block_between("max", y.shape(), x.shape())](Array& out, bool add) {
    std::vector<Real> share(y.size());
    const auto chosen = [](auto x, auto y) { return where((x < y) | (x > y), 0, 1); };
    sum_along(b, share.data(), chosen, {x.data()}, {y.data()});
    for_each_lane(share.size(), share.data(), false, [](auto g, auto k) { return g / k; }, {g.data(), share.data()});
    const auto slope = [](auto x, auto y, auto share) { return where((x < y) | (x > y), 0, share); };
    for_each_along(b, out.data(), add, slope, {x.data()}, {y.data(), share.data()});
  });
}
Var chosen_slope(Var g, Var x, Var y) {
  const Var other = where(x<y, Real(1), x> y);
  const Var chosen = Real(1) - other;
  return g / sum_to(chosen, y.shape()) * chosen;
}

// y = max x        x̄ += ȳ for the largest; ties share
Var max_to(Var x, const Shape& shape) {
  return record(
      "max", {x},  //
      [&](const auto& x) { return folded("max", x, shape, -infinity, larger); },
      [](const auto& g, const auto& x, const auto& y) { return chosen_slope(g, x, y); });
}

// y = min x        x̄ += ȳ for the smallest; ties share
Var min_to(Var x, const Shape& shape) {
  return record(
      "min", {x},  //
      [&](const auto& x) { return folded("min", x, shape, infinity, smaller); },
      [](const auto& g, const auto& x, const auto& y) { return chosen_slope(g, x, y); });
}

// ---- products ---------------------------------------------------------------------------------------------------------------

// ȳ Π_{j≠i} xⱼ = ȳ Π_{j<i} xⱼ Π_{j>i} xⱼ: no division, so zeros do no harm
auto product_slope(const Array& g, const Array& x) {
  return written(x.shape(), [&, b = block_between("prod", g.shape(), x.shape())](Array& out, bool add) {
    std::vector<Real> before(b.n * b.inner), after(b.inner);
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const x_ = x.data() + o * b.n * b.inner;
      Real* const out_ = out.data() + o * b.n * b.inner;
      std::copy_n(g.data() + o * b.inner, b.inner, after.begin());
      for_each_running(b.n, b.inner, false, after.data(), [&](std::size_t i, Real& product) {
        before[i] = product;
        product *= x_[i];
      });
      std::fill(after.begin(), after.end(), Real(1));
      for_each_running(b.n, b.inner, true, after.data(), [&](std::size_t i, Real& product) {
        out_[i] = before[i] * product + (add ? out_[i] : Real(0));
        product *= x_[i];
      });
    }
  });
}

// The same: multiply pairs until one element is left, and on the way back hand each of a pair the other.
Var others(Var x, std::size_t axis) {
  const std::ptrdiff_t n = std::ptrdiff_t(x.shape()[axis]), half = n / 2;
  if (half == 0) return constant(full(x.shape(), 1));
  const Var a = slice(x, axis, 0, half), b = slice(x, axis, half, 2 * half), rest = slice(x, axis, 2 * half, n);
  const Var o = others(concat({a * b, rest}, axis), axis);
  const Var of_pairs = slice(o, axis, 0, half);
  return concat({of_pairs * b, of_pairs * a, slice(o, axis, half, n - half)}, axis);
}
Var product_slope(Var g, Var x) {
  const Block b = block_between("prod", g.shape(), x.shape());
  const Var flat = reshape(x, {b.outer, b.n, b.inner});
  return reshape(reshape(g, {b.outer, 1, b.inner}) * others(flat, 1), x.shape());
}

// y = Π x          x̄ᵢ += ȳ Π_{j≠i} xⱼ
Var prod_to(Var x, const Shape& shape) {
  return record(
      "prod", {x},  //
      [&](const auto& x) { return folded("prod", x, shape, 1, [](auto a, auto b) { return a * b; }); },
      [](const auto& g, const auto& x) { return product_slope(g, x); });
}

}  // namespace

Var max(Var x, const Axes& axes, bool keep) {
  check_not_empty("max", x.shape(), axes);
  return reduce("max", x, axes, keep, max_to);
}

Var max(Var x) { return max(x, all_axes(x.shape())); }

Var min(Var x, const Axes& axes, bool keep) {
  check_not_empty("min", x.shape(), axes);
  return reduce("min", x, axes, keep, min_to);
}

Var min(Var x) { return min(x, all_axes(x.shape())); }

Var prod(Var x, const Axes& axes, bool keep) { return reduce("prod", x, axes, keep, prod_to); }

Var prod(Var x) { return prod(x, all_axes(x.shape())); }

// 1/(n − ddof) Σ (x − x̄)²
Var var(Var x, const Axes& axes, bool keep, std::size_t ddof) {
  const Var m = mean(x, axes, true);
  const std::size_t n = m.value().size() ? x.value().size() / m.value().size() : 0;
  if (n <= ddof) throw std::invalid_argument("[var] of " + std::to_string(n) + " elements with ddof " + std::to_string(ddof));
  return sum(square(x - m), axes, keep) / Real(n - ddof);
}

// √Σ x², with slope 0 at 0; NaN is not below the least number.
Var norm(Var x, const Axes& axes, bool keep) {
  const Var s = sum(square(x), axes, keep);
  return where(s < std::numeric_limits<Real>::denorm_min(), Real(0), sqrt(s));
}

Var norm(Var x) { return norm(x, all_axes(x.shape())); }

namespace {

// y_i = Σ_{j ≤ i} x_j along the axis, or Σ_{j ≥ i} in reverse
auto running_sum(const Array& x, std::size_t axis, bool reverse) {
  return written(x.shape(), [&x, reverse, b = block_along("cumsum", x.shape(), axis)](Array& out, bool add) {
    std::vector<double> totals(b.inner);  // a float cannot count beyond 2²⁴
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const x_ = x.data() + o * b.n * b.inner;
      Real* const out_ = out.data() + o * b.n * b.inner;
      std::fill(totals.begin(), totals.end(), 0.0);
      for_each_running(b.n, b.inner, reverse, totals.data(), [&](std::size_t i, double& total) {
        total += double(x_[i]);
        out_[i] = Real(total) + (add ? out_[i] : Real(0));
      });
    }
  });
}

// y = running sum of x        x̄ += ȳ summed from the other end
Var running_sum(Var x, std::size_t axis, bool reverse) {
  return record(
      "cumsum", {x},  //
      [=](const auto& x) { return running_sum(x, axis, reverse); },
      [=](const auto& g, const auto&) { return running_sum(g, axis, !reverse); });
}

}  // namespace

Var cumsum(Var x, std::size_t axis) { return running_sum(x, axis, false); }

std::vector<std::size_t> argmax(const Array& x, std::size_t axis) {
  const Block b = block_along("argmax", x.shape(), axis);
  if (b.n == 0) throw std::invalid_argument("[argmax] of no elements: shape " + to_string(x.shape()));
  std::vector<Real> largest(b.outer * b.inner);
  fold(b, x.data(), largest.data(), -infinity, larger);
  std::vector<std::size_t> places(b.outer * b.inner, 0);
  // From the last to the first, so that the first stays.
  for (std::size_t o = 0; o < b.outer; ++o)
    for (std::size_t i = b.n; i-- > 0;)
      for (std::size_t j = 0; j < b.inner; ++j) {
        const Real v = x.data()[(o * b.n + i) * b.inner + j], m = largest[o * b.inner + j];
        if (v == m || v != v) places[o * b.inner + j] = i;
      }
  return places;
}

}  // namespace autograd
