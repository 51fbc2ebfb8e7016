// Loops over blocks [outer, n, inner] (blocks.h): folding n numbers into one, combining each of n numbers
// with their common result, and carrying a result from each number to the next.
//
// A fold's result must not depend on the order of the numbers: four registers are folded in turn, so that
// none waits for its own last result.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "autograd/kernels/blocks.h"
#include "autograd/kernels/sums.h"
#include "autograd/simd.h"

namespace autograd {

// ---- folds ------------------------------------------------------------------------------------------------

// The larger and the smaller of two; NaN if either is NaN. Objects, so that folds inline them.
inline constexpr auto larger = [](Lane a, Lane b) { return where(a > b, a, where(a <= b, b, a + b)); };
inline constexpr auto smaller = [](Lane a, Lane b) { return where(a < b, a, where(a >= b, b, a + b)); };

// f(x[0], f(x[1], …)) for x: [n]. `start` is the result for n = 0, and f(start, v) must be v.
template <class F>
Real fold_row(const Real* x, std::size_t n, Real start, const F& f) {
  constexpr std::size_t width = Lane::size;
  // Fold four registers at a time, then one.
  std::array<Lane, 4> partial = {start, start, start, start};
  std::size_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width)
    for (std::size_t k = 0; k < 4; ++k) partial[k] = f(partial[k], Lane::load_unaligned(x + i + k * width));
  Lane total = f(f(partial[0], partial[1]), f(partial[2], partial[3]));
  for (; i + width <= n; i += width) total = f(total, Lane::load_unaligned(x + i));

  // Fold the remainder, padded with `start`.
  std::array<Real, 2 * width> lanes;
  if (i < n) {
    lanes.fill(start);
    std::copy(x + i, x + n, lanes.begin());
    total = f(total, Lane::load_unaligned(lanes.data()));
  }
  // Fold the two halves of the register into each other until one number is left.
  lanes.fill(start);
  total.store_unaligned(lanes.data());
  for (std::size_t half = width / 2; half > 0; half /= 2) {
    total = f(Lane::load_unaligned(lanes.data()), Lane::load_unaligned(lanes.data() + half));
    total.store_unaligned(lanes.data());
  }
  return lanes[0];
}

// y[o, j] = x[o, 0, j], x[o, 1, j], …, folded by f
template <class F>
void fold(const Block& b, const Real* x, Real* y, Real start, const F& f) {
  for (std::size_t o = 0; o < b.outer; ++o, x += b.n * b.inner, y += b.inner) {
    if (b.inner == 1) {
      *y = fold_row(x, b.n, start, f);
      continue;
    }
    std::fill_n(y, b.inner, start);
    for (std::size_t i = 0; i < b.n; ++i) for_each_lane(b.inner, y, false, f, {y, x + i * b.inner});
  }
}

// ---- each number with the result of its block -------------------------------------------------------------

// How many rows of this length make a piece of work for one thread.
inline std::size_t rows_at_once(std::size_t length) {
  return numbers_at_once / std::clamp<std::size_t>(length, 1, numbers_at_once);
}

namespace detail {

template <class F, std::size_t N, std::size_t M, std::size_t... I, std::size_t... J>
void for_each_along(const Block& b, Real* out, bool add, const F& f, const Real* const (&x)[N],
                    const Real* const (&y)[M], std::index_sequence<I...>, std::index_sequence<J...>) {
  const std::size_t rows = b.inner == 1 ? b.outer : b.outer * b.n, length = b.inner == 1 ? b.n : b.inner;
  in_ranges(rows, rows_at_once(length), [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      Real* const to = out + r * length;
      if (b.inner == 1)
        for_each_lane(length, to, add, f, {x[I] + r * length..., y[J][r]...});
      else
        for_each_lane(length, to, add, f, {x[I] + r * length..., y[J] + r / b.n * b.inner...});
    }
  });
}

}  // namespace detail

// out[o, i, j] = f(x₁[o, i, j], …, y₁[o, j], …), or += if `add`
template <class F, std::size_t N, std::size_t M>
void for_each_along(const Block& b, Real* out, bool add, const F& f, const Real* const (&x)[N],
                    const Real* const (&y)[M]) {
  detail::for_each_along(b, out, add, f, x, y, std::make_index_sequence<N>(), std::make_index_sequence<M>());
}

// ---- sums of terms ----------------------------------------------------------------------------------------

namespace detail {

// terms[r, c] = f(x₁[o, i + r, j + c], …, m₁[o, j + c], …) for r < rows, c < width
template <class F, std::size_t N, std::size_t M, std::size_t... I, std::size_t... J>
void terms_along(const Block& b, std::size_t o, std::size_t i, std::size_t j, std::size_t rows,
                 std::size_t width, Real* terms, const F& f, const Real* const (&x)[N],
                 const Real* const (&m)[M], std::index_sequence<I...>, std::index_sequence<J...>) {
  const std::size_t from = (o * b.n + i) * b.inner + j, common = o * b.inner + j;
  if (b.inner == 1)
    for_each_lane(rows, terms, false, f, {x[I] + from..., m[J][common]...});
  else
    for (std::size_t r = 0; r < rows; ++r)
      for_each_lane(width, terms + r * width, false, f, {x[I] + from + r * b.inner..., m[J] + common...});
}

}  // namespace detail

// y[o, j] = Σᵢ f(x₁[o, i, j], …, m₁[o, j], …). The terms are computed in parts that stay in the cache, and
// the sums of the parts are added in double.
template <class F, std::size_t N, std::size_t M>
void sum_along(const Block& b, Real* y, const F& f, const Real* const (&x)[N], const Real* const (&m)[M]) {
  // The rows of a part. They depend on the block alone, so that a sum has the same bits in every range.
  const std::size_t part = 4096 / std::clamp<std::size_t>(b.inner, 1, 512);
  // The sums of a range: neighbouring columns, of which fewer than 256 would read memory in runs that are too
  // short.
  const std::size_t fewest = b.inner == 1 ? 1 : 256;
  const auto sum_range = [&](std::size_t first, std::size_t last) {
    const std::size_t widest = std::min(last - first, b.inner);
    std::vector<Real> terms(std::min(part, b.n) * widest), sums(widest);
    std::vector<double> total(widest);
    // Take the columns of the range that belong to one `outer` index.
    for (std::size_t k = first, width = 0; k < last; k += width) {
      const std::size_t o = k / b.inner, j = k % b.inner;
      width = std::min(last - k, b.inner - j);
      std::fill(total.begin(), total.end(), 0.0);
      for (std::size_t i = 0; i < b.n; i += part) {
        // Compute the terms of a part.
        const std::size_t rows = std::min(part, b.n - i);
        detail::terms_along(b, o, i, j, rows, width, terms.data(), f, x, m, std::make_index_sequence<N>(),
                            std::make_index_sequence<M>());
        // Sum them: row by row if inner > 1, even if the range has a single column, so that all round alike.
        if (b.inner == 1)
          sum_block({1, rows, 1}, terms.data(), sums.data(), false);
        else
          for (std::size_t r = 0; r < rows; ++r)
            copy_or_add(width, terms.data() + r * width, sums.data(), r > 0);
        for (std::size_t c = 0; c < width; ++c) total[c] += double(sums[c]);
      }
      for (std::size_t c = 0; c < width; ++c) y[k + c] = Real(total[c]);
    }
  };
  in_ranges(b.outer * b.inner, std::max(fewest, rows_at_once(b.n)), sum_range);
}

// ---- scans ------------------------------------------------------------------------------------------------

// Calls f(place, place counted from the end, carried[j]…) for every place in [n, inner], row by row; f
// updates what column j carries from row to row.
template <class F, class... Carried>
void scan(std::size_t n, std::size_t inner, const F& f, Carried*... carried) {
  if (inner == 1) {  // copies, so that what is carried stays in registers
    const auto row = [&](auto... one) {
      for (std::size_t i = 0; i < n; ++i) f(i, n - 1 - i, one...);
    };
    return row(*carried...);
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < inner; ++j) f(i * inner + j, (n - 1 - i) * inner + j, carried[j]...);
}

}  // namespace autograd
