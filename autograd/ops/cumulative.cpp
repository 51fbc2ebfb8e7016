// Cumulative sums.
#include <algorithm>
#include <vector>

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/block_loops.h"
#include "autograd/kernels/blocks.h"
#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

namespace {

// y_i = Σ_{j ≤ i} x_j along the axis, or Σ_{j ≥ i} in reverse
auto cumulative_sum(const Array& x, std::size_t axis, bool reverse) {
  const Block b = block_along("cumsum", x.shape(), axis);
  return ArrayWork(x.shape(), [&x, reverse, b](Array& out, bool add) {
    std::vector<double> totals(b.inner);  // adding ones to a float ends at 2²⁴
    for (std::size_t o = 0; o < b.outer; ++o) {
      const Real* const x_ = x.data() + o * b.n * b.inner;
      Real* const out_ = out.data() + o * b.n * b.inner;
      std::fill(totals.begin(), totals.end(), 0.0);
      const auto sums = [&](std::size_t from_start, std::size_t from_end, double& total) {
        const std::size_t i = reverse ? from_end : from_start;
        total += double(x_[i]);
        out_[i] = Real(total) + (add ? out_[i] : Real(0));
      };
      scan(b.n, b.inner, sums, totals.data());
    }
  });
}

// y_i = Σ_{j ≤ i} x_j        x̄_j += Σ_{i ≥ j} ȳ_i, which is the sum in reverse
Var cumulative_sum(Var x, std::size_t axis, bool reverse) {
  return record(
      "cumsum", {x}, [=](const auto& x) { return cumulative_sum(x, axis, reverse); },
      [=](const auto& g, const auto&) { return cumulative_sum(g, axis, !reverse); });
}

}  // namespace

Var cumsum(Var x, std::size_t axis) { return cumulative_sum(x, axis, false); }

}  // namespace autograd
