// Reductions other than sums. Most are compositions; what remains is choosing (max, min) and running sums.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/axes.h"
#include "autograd/ops.h"
#include "autograd/record.h"
#include "autograd/work.h"

namespace autograd {

namespace {

const Real infinity = std::numeric_limits<Real>::infinity();

// The largest element along the axes in which `shape` has length 1, NaN if one is NaN, −∞ of none.
Array largest(const char* op, const Array& x, const Shape& shape) {
  const auto larger = [](Real a, Real b) { return a > b || a != a ? a : b; };
  const Blocks blocks = blocks_between(op, shape, x.shape());
  std::vector<Real> values(x.data(), x.data() + x.size());
  for (std::size_t k = 0; k < blocks.count; ++k) {
    const Block& b = blocks.block[k];
    std::vector<Real> best(b.outer * b.inner, -infinity);
    for (std::size_t o = 0; o < b.outer; ++o)
      for (std::size_t i = 0; i < b.n; ++i)
        for (std::size_t j = 0; j < b.inner; ++j)
          best[o * b.inner + j] = larger(best[o * b.inner + j], values[(o * b.n + i) * b.inner + j]);
    values = std::move(best);
  }
  return array(shape, values);
}

// An array that is there already, as work.
struct Ready {
  Array x;
  const Shape& shape() const { return x.shape(); }
  void into(Array& out, bool add) const { copy_or_add(x.size(), x.data(), out.data(), add); }
};

Ready multiply(const Array& a, const Array& b) {
  Array c = empty(a.shape());
  for_each_lane(a.size(), c.data(), false, [](auto a, auto b) { return a * b; }, {a.data(), b.data()});
  return {c};
}
Var multiply(Var a, const Array& b) { return a * constant(b); }

// The share of each element in the largest: 1/k for each of k that equal it, else 0.  In x's shape.
Array shares(const Array& x, const Array& y) {
  Evaluation scope;
  const Var x_ = constant(x), y_ = broadcast_to(constant(y), x.shape());
  const Var chosen = where(x_ < y_, Real(0), Real(1));
  return (chosen / broadcast_to(sum_to(chosen, y.shape()), x.shape())).value();
}

Array spread(const Array& x, const Shape& shape) {
  Array out = empty(shape);
  broadcast_to(x, shape).into(out, false);
  return out;
}
Var spread(Var x, const Shape& shape) { return broadcast_to(x, shape); }

const Array& value_of(const Array& x) { return x; }
const Array& value_of(const Var& x) { return x.value(); }

// y = max x        x̄ += ȳ for the largest; ties share
Var max_to(Var x, const Shape& shape) {
  return record(
      "max", {x},  //
      [&](const auto& x) { return Ready{largest("max", x, shape)}; },
      [](const auto& g, const auto& x, const auto& y) {
        return multiply(spread(g, x.shape()), shares(value_of(x), value_of(y)));
      });
}

Var without(Var y, const char* op, const Shape& shape, const Axes& axes, bool keep) {
  return keep ? y : reshape(y, reduced(op, shape, axes, false));
}

void check_not_empty(const char* op, const Shape& shape, const Axes& axes) {
  for (const std::size_t axis : axes)
    if (shape[axis] == 0) throw std::invalid_argument(std::string("[") + op + "] of no elements: shape " + to_string(shape));
}

}  // namespace

Var max(Var x, const Axes& axes, bool keep) {
  const Shape kept = reduced("max", x.shape(), axes, true);
  check_not_empty("max", x.shape(), axes);
  return without(max_to(x, kept), "max", x.shape(), axes, keep);
}

Var max(Var x) { return max(x, all_axes(x.shape())); }

// min x = −max −x
Var min(Var x, const Axes& axes, bool keep) { return -max(-x, axes, keep); }

Var min(Var x) { return min(x, all_axes(x.shape())); }

// Halves are multiplied until one element is left, so that no division is needed and zeros do no harm.
Var prod(Var x, const Axes& axes, bool keep) {
  const Shape kept = reduced("prod", x.shape(), axes, true), before = x.shape();
  for (const std::size_t axis : axes) {
    if (x.shape()[axis] == 0) x = constant(full(kept, 1));
    for (std::ptrdiff_t n; (n = std::ptrdiff_t(x.shape()[axis])) > 1;) {
      const std::ptrdiff_t half = n / 2;
      const Var pairs = slice(x, axis, 0, half) * slice(x, axis, half, 2 * half);
      x = n % 2 ? concat({pairs, slice(x, axis, n - 1, n)}, axis) : pairs;
    }
  }
  return without(x, "prod", before, axes, keep);
}

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

// max x, or 0 where that is infinite: a constant, because the gradient by a shift of x that is undone cancels.
Var shift(const char* op, Var x, const Shape& kept) {
  Array m = largest(op, x.value(), kept);
  for (std::size_t i = 0; i < m.size(); ++i)
    if (!std::isfinite(m.data()[i])) m.data()[i] = 0;
  return constant(m);
}

}  // namespace

// log Σ eˣ = m + log Σ eˣ⁻ᵐ with m = max x
Var logsumexp(Var x, const Axes& axes, bool keep) {
  const Shape kept = reduced("logsumexp", x.shape(), axes, true);
  const Var m = shift("logsumexp", x, kept);
  return without(m + log(sum_to(exp(x - m), kept)), "logsumexp", x.shape(), axes, keep);
}

// log eˣⁱ / Σ eˣ, of x − m: beside a large m the logarithm would lose its digits.
Var log_softmax(Var x, std::size_t axis) {
  const Shape kept = reduced("log_softmax", x.shape(), {axis}, true);
  const Var shifted = x - shift("log_softmax", x, kept);
  return shifted - log(sum_to(exp(shifted), kept));
}

Var softmax(Var x, std::size_t axis) { return exp(log_softmax(x, axis)); }

namespace {

// y_i = Σ_{j ≤ i} x_j along the axis, or Σ_{j ≥ i} in reverse
Ready running_sum(const Array& x, std::size_t axis, bool reverse) {
  const Block b = block_along("cumsum", x.shape(), axis);
  Array y = x;
  for (std::size_t o = 0; o < b.outer; ++o)
    for (std::size_t k = 1; k < b.n; ++k) {
      const std::size_t i = reverse ? b.n - 1 - k : k, before = reverse ? i + 1 : i - 1;
      const Real* from = y.data() + (o * b.n + before) * b.inner;
      copy_or_add(b.inner, from, y.data() + (o * b.n + i) * b.inner, true);
    }
  return {y};
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
  std::vector<std::size_t> places(b.outer * b.inner, 0);
  for (std::size_t o = 0; o < b.outer; ++o)
    for (std::size_t j = 0; j < b.inner; ++j) {
      const auto at = [&](std::size_t i) { return x.data()[(o * b.n + i) * b.inner + j]; };
      std::size_t& best = places[o * b.inner + j];
      for (std::size_t i = 1; i < b.n; ++i)
        if (at(i) > at(best) || (at(i) != at(i) && at(best) == at(best))) best = i;
    }
  return places;
}

}  // namespace autograd
