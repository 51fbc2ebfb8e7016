// Reductions other than sums: choosing (max, min), deviations from the mean, the norm.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

const Real infinity = std::numeric_limits<Real>::infinity();
const Real least = std::numeric_limits<Real>::denorm_min();

void check_not_empty(const char* op, const Shape& shape, const Axes& axes) {
  for (const std::size_t axis : axes)
    if (axis < shape.size() && shape[axis] == 0)
      throw std::invalid_argument(std::string("[") + op + "] of no elements: shape " + to_string(shape));
}

// ---- max and min ------------------------------------------------------------------------------------------

// ȳ / k for each of the k elements that equal y, else 0
auto chosen_slope(const Array& g, const Array& x, const Array& y) {
  return written(x.shape(), [&, b = block_between("max", y.shape(), x.shape())](Array& out, bool add) {
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

// ---- deviations from the mean -----------------------------------------------------------------------------

// m = Σ x / n
std::vector<Real> means(const Block& b, const Array& x) {
  std::vector<Real> m(b.outer * b.inner);
  sum_block(b, x.data(), m.data(), false);
  for (Real& v : m) v /= Real(b.n);
  return m;
}

// Σ (x − m)²
auto squared_deviations_to(const Array& x, const Shape& shape) {
  return written(shape, [&](Array& out, bool add) {
    const Block b = block_between("var", shape, x.shape());
    const std::vector<Real> m = means(b, x);
    std::vector<Real> s(m.size());
    sum_along(b, s.data(), [](auto x, auto m) { return (x - m) * (x - m); }, {x.data()}, {m.data()});
    copy_or_add(s.size(), s.data(), out.data(), add);
  });
}

// 2 ȳ (x − m): by way of m nothing flows, because the deviations from it add up to 0
auto deviation_slope(const Array& g, const Array& x) {
  return written(x.shape(), [&](Array& out, bool add) {
    const Block b = block_between("var", g.shape(), x.shape());
    const std::vector<Real> m = means(b, x);
    for_each_along(b, out.data(), add, [](auto x, auto g, auto m) { return 2 * g * (x - m); }, {x.data()},
                   {g.data(), m.data()});
  });
}
Var deviation_slope(Var g, Var x) {
  const Var m = sum_to(x, g.shape()) * (Real(g.value().size()) / Real(x.value().size()));
  return 2 * g * (x - m);
}

// y = Σ (x − m)²    x̄ += 2 ȳ (x − m)
Var squared_deviations_to(Var x, const Shape& shape) {
  return record(
      "var", {x},  //
      [&](const auto& x) { return squared_deviations_to(x, shape); },
      [](const auto& g, const auto& x) { return deviation_slope(g, x); });
}

// ---- the norm ---------------------------------------------------------------------------------------------

// √Σ x²
auto norm_to(const Array& x, const Shape& shape) {
  return written(shape, [&](Array& out, bool add) {
    const Block b = block_between("norm", shape, x.shape());
    std::vector<Real> s(b.outer * b.inner);
    sum_along(b, s.data(), [](auto x, auto) { return x * x; }, {x.data()}, {s.data()});
    for_each_lane(s.size(), out.data(), add, [](auto s) { return sqrt(s); }, {s.data()});
  });
}

// ȳ x/y, and 0 at 0; NaN is not below the least number
auto norm_slope(const Array& g, const Array& x, const Array& y) {
  return written(x.shape(), [&](Array& out, bool add) {
    const Block b = block_between("norm", y.shape(), x.shape());
    const auto slope = [](auto x, auto g, auto y) { return g * x / where(y < least, infinity, y); };
    for_each_along(b, out.data(), add, slope, {x.data()}, {g.data(), y.data()});
  });
}
Var norm_slope(Var g, Var x, Var y) { return g * x / where(y < least, infinity, y); }

// y = √Σ x²         x̄ += ȳ x/y
Var norm_to(Var x, const Shape& shape) {
  return record(
      "norm", {x},  //
      [&](const auto& x) { return norm_to(x, shape); },
      [](const auto& g, const auto& x, const auto& y) { return norm_slope(g, x, y); });
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

// 1/(n − ddof) Σ (x − m)²
Var var(Var x, const Axes& axes, bool keep, std::size_t ddof) {
  const std::size_t n = count_over("var", x.shape(), axes);
  if (n <= ddof)
    throw std::invalid_argument("[var] of " + std::to_string(n) + " elements with ddof " +
                                std::to_string(ddof) + ": shape " + to_string(x.shape()));
  return reduce("var", x, axes, keep, squared_deviations_to) / Real(n - ddof);
}

Var var(Var x) { return var(x, all_axes(x.shape())); }

Var norm(Var x, const Axes& axes, bool keep) { return reduce("norm", x, axes, keep, norm_to); }

Var norm(Var x) { return norm(x, all_axes(x.shape())); }

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
