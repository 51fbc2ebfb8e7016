// Products and running sums: what is carried from one element to the next along an axis.
#include <algorithm>
#include <vector>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// f(place, place counted from the end, running[j]…) for every place in [n, inner], row by row
template <class F, class... Running>
void for_each_running(std::size_t n, std::size_t inner, const F& f, Running*... running) {
  if (inner == 1) {  // what runs stays in registers
    const auto row = [&](auto... one) {
      for (std::size_t i = 0; i < n; ++i) f(i, n - 1 - i, one...);
    };
    return row(*running...);
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < inner; ++j) f(i * inner + j, (n - 1 - i) * inner + j, running[j]...);
}

// ---- products ---------------------------------------------------------------------------------------------

// ȳ Π_{j≠i} xⱼ = ȳ Π_{j<i} xⱼ Π_{j>i} xⱼ: no division, so zeros do no harm
auto product_slope(const Array& g, const Array& x) {
  return written(x.shape(), [&, b = block_between("prod", g.shape(), x.shape())](Array& out, bool add) {
    const std::size_t count = b.n * b.inner;
    std::vector<Real> before(count), after(count), forwards(b.inner), backwards(b.inner);
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const x_ = x.data() + o * count;
      std::copy_n(g.data() + o * b.inner, b.inner, forwards.begin());
      std::fill(backwards.begin(), backwards.end(), Real(1));
      const auto products = [&](std::size_t i, std::size_t from_end, Real& forward, Real& backward) {
        before[i] = forward, forward *= x_[i];
        after[from_end] = backward, backward *= x_[from_end];
      };
      for_each_running(b.n, b.inner, products, forwards.data(), backwards.data());
      for_each_lane(count, out.data() + o * count, add, [](auto p, auto q) { return p * q; },
                    {before.data(), after.data()});
    }
  });
}

// The same: multiply pairs until one element is left, and on the way back hand each of a pair the other.
Var others(Var x, std::size_t axis) {
  const std::ptrdiff_t n = std::ptrdiff_t(x.shape()[axis]), half = n / 2;
  if (half == 0) return constant(full(x.shape(), 1));
  const Var a = slice(x, axis, 0, half), b = slice(x, axis, half, 2 * half),
            rest = slice(x, axis, 2 * half, n);
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

// ---- running sums -----------------------------------------------------------------------------------------

// y_i = Σ_{j ≤ i} x_j along the axis, or Σ_{j ≥ i} in reverse
auto running_sum(const Array& x, std::size_t axis, bool reverse) {
  return written(x.shape(), [&x, reverse, b = block_along("cumsum", x.shape(), axis)](Array& out, bool add) {
    std::vector<double> totals(b.inner);  // a float cannot count beyond 2²⁴
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const x_ = x.data() + o * b.n * b.inner;
      Real* const out_ = out.data() + o * b.n * b.inner;
      std::fill(totals.begin(), totals.end(), 0.0);
      const auto sums = [&](std::size_t from_start, std::size_t from_end, double& total) {
        const std::size_t i = reverse ? from_end : from_start;
        total += double(x_[i]);
        out_[i] = Real(total) + (add ? out_[i] : Real(0));
      };
      for_each_running(b.n, b.inner, sums, totals.data());
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

Var prod(Var x, const Axes& axes, bool keep) { return reduce("prod", x, axes, keep, prod_to); }

Var prod(Var x) { return prod(x, all_axes(x.shape())); }

Var cumsum(Var x, std::size_t axis) { return running_sum(x, axis, false); }

}  // namespace autograd
