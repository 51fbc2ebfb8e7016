// Sums and broadcasting, block by block.
#include "autograd/kernels/sums.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/kernels/block_loops.h"
#include "autograd/simd.h"

namespace autograd {

// ---- sums -------------------------------------------------------------------------------------------------

namespace {

// A sum of more numbers is made of partial sums of so many, added in double: adding ones to a float ends at
// 2²⁴.
constexpr std::size_t partial_length = 1024;

Real partial_sum(const Real* x, std::size_t n) {
  return fold_row(x, n, Real(0), [](Lane a, Lane b) { return a + b; });
}

// Σᵢ x[i] for x: [n]
Real sum_row(const Real* x, std::size_t n) {
  if (n <= partial_length) return partial_sum(x, n);
  double total = 0;
  for (std::size_t i = 0; i < n; i += partial_length)
    total += double(partial_sum(x + i, std::min(partial_length, n - i)));
  return Real(total);
}

// out[j] = Σᵢ x[i, j] for x: [n, inner]
void sum_rows(const Real* x, std::size_t n, std::size_t inner, Real* out, bool add) {
  const auto partial_sums = [&](std::size_t first, std::size_t last, Real* to, bool add) {
    for (std::size_t i = first; i < last; ++i) copy_or_add(inner, x + i * inner, to, add || i > first);
  };
  if (n == 0) {
    if (!add) std::fill_n(out, inner, Real(0));
  } else if (n <= partial_length) {
    partial_sums(0, n, out, add);
  } else {
    // Sum the rows part by part, and the parts in double.
    std::vector<double> total(inner, 0.0);
    std::vector<Real> part(inner);
    for (std::size_t i = 0; i < n; i += partial_length) {
      partial_sums(i, std::min(n, i + partial_length), part.data(), false);
      for (std::size_t j = 0; j < inner; ++j) total[j] += double(part[j]);
    }
    for (std::size_t j = 0; j < inner; ++j) out[j] = Real(total[j]) + (add ? out[j] : Real(0));
  }
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

void sum_blocks(const Blocks& blocks, const Array& x, Array& out, bool add) {
  if (blocks.count == 0) return copy_or_add(x.size(), x.data(), out.data(), add);

  // Sum the inner blocks into intermediate arrays.
  std::vector<Real> before, after;
  const Real* from = x.data();
  for (std::size_t k = 0; k + 1 < blocks.count; ++k) {
    const Block& b = blocks.block[k];
    after.resize(b.outer * b.inner);
    sum_block(b, from, after.data(), false);
    std::swap(before, after);
    from = before.data();
  }
  // Sum the outermost block into the result; its `inner` does not count the axes that are gone.
  sum_block(blocks.block[blocks.count - 1], from, out.data(), add);
}

// ---- broadcasting -----------------------------------------------------------------------------------------

void broadcast_block(const Block& b, const Real* x, Real* out, bool add) {
  const std::size_t rows = b.inner == 1 ? b.outer : b.outer * b.n, length = b.inner == 1 ? b.n : b.inner;
  in_ranges(rows, rows_at_once(length), [&](std::size_t first, std::size_t last) {
    // Fill each row with one number.
    if (b.inner == 1) {
      for (std::size_t o = first; o < last; ++o)
        for_each_lane(length, out + o * length, add, [](auto v) { return v; }, {x[o]});
      return;
    }
    // Or repeat each row n times.
    for (std::size_t r = first; r < last;) {
      const std::size_t o = r / b.n;
      for (const std::size_t end = std::min(last, (o + 1) * b.n); r < end; ++r)
        copy_or_add(length, x + o * length, out + r * length, add);
    }
  });
}

void broadcast_blocks(const Blocks& blocks, const Array& x, Array& out, bool add) {
  if (blocks.count == 0) return copy_or_add(x.size(), x.data(), out.data(), add);

  // Repeat along the outer blocks into intermediate arrays.
  std::vector<Real> before, after;
  const Real* from = x.data();
  for (std::size_t k = blocks.count; k-- > 1;) {
    const Block& b = blocks.block[k];
    after.resize(b.outer * b.n * b.inner);
    broadcast_block(b, from, after.data(), false);
    std::swap(before, after);
    from = before.data();
  }
  // Repeat along the innermost block into the result.
  broadcast_block(blocks.block[0], from, out.data(), add);
}

}  // namespace autograd
