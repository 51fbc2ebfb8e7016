// Sums along axes, and their adjoint: spreading along axes.
//
// `broadcast_to` and `sum_to` are each other's adjoint, and all broadcasting and all sums go through this
// pair. Both take an array one run of adjacent axes at a time, seen as a block [outer, n, inner]: n values
// are summed into one, or one is spread into n.
#include <algorithm>
#include <stdexcept>

#include "autograd/kernels/array_ops.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/kernels/simd.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// ---- sums -------------------------------------------------------------------------------------------------

// Long sums are made of short ones, added in double: a float cannot count beyond 2²⁴.
constexpr std::size_t short_sum = 1024;

Real sum_short(const Real* x, std::size_t n) {
  return fold_row(x, n, Real(0), [](Lane a, Lane b) { return a + b; });
}

Real sum_row(const Real* x, std::size_t n) {
  if (n <= short_sum) return sum_short(x, n);
  double total = 0;
  for (std::size_t i = 0; i < n; i += short_sum)
    total += double(sum_short(x + i, std::min(short_sum, n - i)));
  return Real(total);
}

// out[j] = Σᵢ x[i, j] for x: [n, inner]
void sum_rows(const Real* x, std::size_t n, std::size_t inner, Real* out, bool add) {
  const auto short_rows = [&](std::size_t first, std::size_t last, Real* to, bool add) {
    for (std::size_t i = first; i < last; ++i) copy_or_add(inner, x + i * inner, to, add || i > first);
  };
  if (n == 0) {
    if (!add) std::fill_n(out, inner, Real(0));
  } else if (n <= short_sum) {
    short_rows(0, n, out, add);
  } else {
    std::vector<double> total(inner, 0.0);
    std::vector<Real> part(inner);
    for (std::size_t i = 0; i < n; i += short_sum) {
      short_rows(i, std::min(n, i + short_sum), part.data(), false);
      for (std::size_t j = 0; j < inner; ++j) total[j] += double(part[j]);
    }
    for (std::size_t j = 0; j < inner; ++j) out[j] = Real(total[j]) + (add ? out[j] : Real(0));
  }
}

// out[o, i, j] = x[o, j], or added to it
void spread_block(const Block& b, const Real* x, Real* out, bool add) {
  const std::size_t rows = b.inner == 1 ? b.outer : b.outer * b.n, length = b.inner == 1 ? b.n : b.inner;
  in_ranges(rows, rows_at_once(length), [&](std::size_t first, std::size_t last) {
    if (b.inner == 1) {
      for (std::size_t o = first; o < last; ++o)
        for_each_lane(length, out + o * length, add, [](auto v) { return v; }, {x[o]});
      return;
    }
    for (std::size_t r = first; r < last;) {
      const std::size_t o = r / b.n;
      for (const std::size_t end = std::min(last, (o + 1) * b.n); r < end; ++r)
        copy_or_add(length, x + o * length, out + r * length, add);
    }
  });
}

}  // namespace

void sum_block(const Block& b, const Real* x, Real* out, bool add) {
  for (std::size_t o = 0; o < b.outer; ++o) {
    if (b.inner == 1)
      out[o] = sum_row(x + o * b.n, b.n) + (add ? out[o] : Real(0));
    else
      sum_rows(x + o * b.n * b.inner, b.n, b.inner, out + o * b.inner, add);
  }
}

// ---- on arrays --------------------------------------------------------------------------------------------

Summed sum_to(const Array& x, const Shape& shape) {
  blocks_between("sum_to", shape, x.shape());
  return {x, shape};
}

void Summed::into(Array& out, bool add) const {
  const Blocks blocks = blocks_between("sum_to", to, x.shape());
  if (blocks.count == 0) return copy_or_add(x.size(), x.data(), out.data(), add);
  std::vector<Real> before, after;
  const Real* from = x.data();
  for (std::size_t k = 0; k + 1 < blocks.count; ++k) {
    const Block& b = blocks.block[k];
    after.resize(b.outer * b.inner);
    sum_block(b, from, after.data(), false);
    std::swap(before, after);
    from = before.data();
  }
  // `inner` of a later block counts axes that the earlier ones have summed away.
  sum_block(blocks.block[blocks.count - 1], from, out.data(), add);
}

Spread broadcast_to(const Array& x, const Shape& shape) {
  blocks_between("broadcast_to", x.shape(), shape);
  return {x, shape};
}

void Spread::into(Array& out, bool add) const {
  const Blocks blocks = blocks_between("broadcast_to", x.shape(), to);
  if (blocks.count == 0) return copy_or_add(x.size(), x.data(), out.data(), add);
  std::vector<Real> before, after;
  const Real* from = x.data();
  for (std::size_t k = blocks.count; k-- > 1;) {
    const Block& b = blocks.block[k];
    after.resize(b.outer * b.n * b.inner);
    spread_block(b, from, after.data(), false);
    std::swap(before, after);
    from = before.data();
  }
  spread_block(blocks.block[0], from, out.data(), add);
}

// ---- on the tape ------------------------------------------------------------------------------------------

// y = x repeated        x̄ += Σ over the repetitions of ȳ
Var broadcast_to(Var x, const Shape& shape) {
  return record(
      "broadcast_to", {x},  //
      [&](const auto& x) { return broadcast_to(x, shape); },
      [](const auto& g, const auto& x) { return sum_to(g, x.shape()); });
}

// y = Σ x               x̄ += ȳ repeated
Var sum_to(Var x, const Shape& shape) {
  return record(
      "sum_to", {x},  //
      [&](const auto& x) { return sum_to(x, shape); },
      [](const auto& g, const auto& x) { return broadcast_to(g, x.shape()); });
}

Var sum(Var x, const Axes& axes, bool keep) {
  const Var y = sum_to(x, reduced("sum", x.shape(), axes, true));
  return keep ? y : reshape(y, reduced("sum", x.shape(), axes, false));
}

Var sum(Var x) { return sum(x, all_axes(x.shape())); }

Var mean(Var x, const Axes& axes, bool keep) {
  const std::size_t count = count_over("mean", x.shape(), axes);
  if (count == 0) throw std::invalid_argument("[mean] of no elements: shape " + to_string(x.shape()));
  return sum(x, axes, keep) / Real(count);
}

Var mean(Var x) { return mean(x, all_axes(x.shape())); }

}  // namespace autograd
