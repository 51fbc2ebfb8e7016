#include "autograd/kernels/window_product.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "autograd/kernels/simd.h"

namespace autograd {

namespace {

// `Rows` rows and `Lanes` registers of the result, which stay in registers while the sum runs.
template <std::size_t Rows, std::size_t Lanes>
void tile(const Place* row, Places terms, const Real* image, const Real* b, Real* out, bool add) {
  std::array<const Real*, Rows> a;
  std::array<std::array<Lane, Lanes>, Rows> sum;
  for (std::size_t r = 0; r < Rows; ++r) {
    a[r] = image + row[r].image;
    for (std::size_t v = 0; v < Lanes; ++v)
      sum[r][v] = add ? Lane::load_unaligned(out + row[r].elsewhere + v * Lane::size) : Lane(Real(0));
  }
  for (const Place* t = terms.first; t != terms.last; ++t)
    for (std::size_t r = 0; r < Rows; ++r)
      for (std::size_t v = 0; v < Lanes; ++v)
        sum[r][v] =
            fma(Lane(a[r][t->image]), Lane::load_unaligned(b + t->elsewhere + v * Lane::size), sum[r][v]);
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Lanes; ++v)
      sum[r][v].store_unaligned(out + row[r].elsewhere + v * Lane::size);
}

// All rows: as many at once as there are registers for, then the rest.
template <std::size_t Rows, std::size_t Lanes>
void tiles(Places rows, Places terms, const Real* image, const Real* b, Real* out, bool add) {
  for (; rows.size() >= Rows; rows.first += Rows) tile<Rows, Lanes>(rows.first, terms, image, b, out, add);
  if constexpr (Rows > 1) tiles<Rows / 2, Lanes>(rows, terms, image, b, out, add);
}

void wide_product(Places rows, Places terms, const Real* image, const Real* b, std::size_t columns, Real* out,
                  bool add) {
  constexpr std::size_t rows_at_once =
      Lane::size * sizeof(Real) == 64 ? 8 : 6;  // of 32 registers, or of 16: measured
  std::size_t v = 0;
  for (; v + Lane::size < columns; v += 2 * Lane::size)
    tiles<rows_at_once, 2>(rows, terms, image, b + v, out + v, add);
  if (v < columns) tiles<rows_at_once, 1>(rows, terms, image, b + v, out + v, add);
}

constexpr std::size_t longest_run = 2 * Lane::size;

// How many rows, from the first on, lie side by side in the image.
std::size_t run(Places rows) {
  std::size_t n = 0;
  while (n < longest_run && n < rows.size() && rows.first[n].image == rows.first->image + n) ++n;
  return n;
}

// Few columns would leave the registers empty, so here runs of rows fill them.
void narrow_product(Places rows, Places terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add) {
  for (std::size_t n; (n = run(rows)) > 0; rows.first += n)
    for (std::size_t v = 0; v < columns; ++v) {
      const Real* a = image + rows.first->image;
      std::array<Lane, 2> sum = {Real(0), Real(0)};
      for (const Place* t = terms.first; t != terms.last; ++t)
        for (std::size_t half = 0; half < 2; ++half)
          sum[half] = fma(Lane::load_unaligned(a + t->image + half * Lane::size), Lane(b[t->elsewhere + v]),
                          sum[half]);
      std::array<Real, longest_run> sums;
      for (std::size_t half = 0; half < 2; ++half) sum[half].store_unaligned(sums.data() + half * Lane::size);
      for (std::size_t r = 0; r < n; ++r) {
        Real& to = out[rows.first[r].elsewhere + v];
        to = sums[r] + (add ? to : Real(0));
      }
    }
}

}  // namespace

const std::size_t pixels_beyond = longest_run;

std::size_t whole(std::size_t columns) { return (columns + Lane::size - 1) / Lane::size * Lane::size; }

void window_product(Places rows, Places terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add) {
  constexpr std::size_t short_sum =
      1024;  // long sums are made of short ones: more exact, and their factors stay in the cache
  const bool narrow = columns * 8 <= run(rows);
  do {
    const Places some = {terms.first, terms.first + std::min(terms.size(), short_sum)};
    if (narrow)
      narrow_product(rows, some, image, b, columns, out, add);
    else
      wide_product(rows, some, image, b, columns, out, add);
    terms.first = some.last;
    add = true;
  } while (terms.size() > 0);
}

void transpose(std::size_t rows, std::size_t columns, const Real* from, std::size_t from_pitch, Real* to,
               std::size_t to_pitch, bool add) {
  const auto some_rows = [&](std::size_t first, auto count) {
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = first; i < first + count; ++i)
        to[j * to_pitch + i] = from[i * from_pitch + j] + (add ? to[j * to_pitch + i] : Real(0));
  };
  constexpr std::integral_constant<std::size_t, 8> eight;  // a constant, so that the inner loop is unrolled
  std::size_t i = 0;
  for (; i + eight <= rows; i += eight) some_rows(i, eight);
  some_rows(i, rows - i);
}

}  // namespace autograd
