// The product of an implicit matrix with a dense one, by tiles that stay in registers.
#include "autograd/kernels/window_product.h"

#include <algorithm>
#include <array>

#include "autograd/simd.h"

namespace autograd {

namespace {

// ---- many columns: registers hold neighbouring columns of the result --------------------------------------

// A tile of the result, `Rows` rows by `Lanes` registers, is kept in registers during the sum.
template <std::size_t Rows, std::size_t Lanes>
void tile(const Offset* row, Offsets terms, const Real* image, const Real* b, Real* out, bool add) {
  // Begin with what is there, or with zeros.
  std::array<const Real*, Rows> a;
  std::array<std::array<Lane, Lanes>, Rows> sum;
  for (std::size_t r = 0; r < Rows; ++r) {
    a[r] = image + row[r].image;
    for (std::size_t v = 0; v < Lanes; ++v)
      sum[r][v] = add ? Lane::load_unaligned(out + row[r].matrix + v * Lane::size) : Lane(Real(0));
  }
  // Add the terms: one pixel, repeated in a register, times a row of the second factor.
  for (const Offset* t = terms.first; t != terms.last; ++t)
    for (std::size_t r = 0; r < Rows; ++r)
      for (std::size_t v = 0; v < Lanes; ++v)
        sum[r][v] =
            fma(Lane(a[r][t->image]), Lane::load_unaligned(b + t->matrix + v * Lane::size), sum[r][v]);
  // Store the sums.
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Lanes; ++v) sum[r][v].store_unaligned(out + row[r].matrix + v * Lane::size);
}

// All rows, `Rows` at a time; the remainder in tiles of half as many.
template <std::size_t Rows, std::size_t Lanes>
void tiles(Offsets rows, Offsets terms, const Real* image, const Real* b, Real* out, bool add) {
  for (; rows.size() >= Rows; rows.first += Rows) tile<Rows, Lanes>(rows.first, terms, image, b, out, add);
  if constexpr (Rows > 1) tiles<Rows / 2, Lanes>(rows, terms, image, b, out, add);
}

void wide_product(Offsets rows, Offsets terms, const Real* image, const Real* b, std::size_t columns,
                  Real* out, bool add) {
  // Measured: 8 rows by 2 registers of AVX-512's 32, 6 by 2 of 16.
  constexpr std::size_t rows_at_once = Lane::size * sizeof(Real) == 64 ? 8 : 6;
  std::size_t v = 0;
  for (; v + Lane::size < columns; v += 2 * Lane::size)
    tiles<rows_at_once, 2>(rows, terms, image, b + v, out + v, add);
  if (v < columns) tiles<rows_at_once, 1>(rows, terms, image, b + v, out + v, add);
}

// ---- few columns: registers hold neighbouring rows of the result ------------------------------------------

constexpr std::size_t longest_run = 2 * Lane::size;

// How many rows, from the first on, are neighbours in the image; no more than two registers hold.
std::size_t contiguous_rows(Offsets rows) {
  std::size_t n = 0;
  while (n < longest_run && n < rows.size() && rows.first[n].image == rows.first->image + n) ++n;
  return n;
}

void narrow_product(Offsets rows, Offsets terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add) {
  for (std::size_t n; (n = contiguous_rows(rows)) > 0; rows.first += n)
    for (std::size_t v = 0; v < columns; ++v) {
      // Add the terms: neighbouring pixels times one number of the second factor.
      const Real* a = image + rows.first->image;
      std::array<Lane, 2> sum = {Real(0), Real(0)};
      for (const Offset* t = terms.first; t != terms.last; ++t)
        for (std::size_t half = 0; half < 2; ++half)
          sum[half] =
              fma(Lane::load_unaligned(a + t->image + half * Lane::size), Lane(b[t->matrix + v]), sum[half]);
      // Store one number per row.
      std::array<Real, longest_run> sums;
      for (std::size_t half = 0; half < 2; ++half) sum[half].store_unaligned(sums.data() + half * Lane::size);
      for (std::size_t r = 0; r < n; ++r) {
        Real& to = out[rows.first[r].matrix + v];
        to = sums[r] + (add ? to : Real(0));
      }
    }
}

}  // namespace

const std::size_t read_beyond_image = longest_run;

std::size_t padded_columns(std::size_t columns) {
  return (columns + Lane::size - 1) / Lane::size * Lane::size;
}

void window_product(Offsets rows, Offsets terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add) {
  // Long sums are made of partial sums: they are more exact, and their factors stay in the cache.
  constexpr std::size_t partial_length = 1024;
  const bool narrow = columns * 8 <= contiguous_rows(rows);
  do {
    const Offsets some = {terms.first, terms.first + std::min(terms.size(), partial_length)};
    if (narrow)
      narrow_product(rows, some, image, b, columns, out, add);
    else
      wide_product(rows, some, image, b, columns, out, add);
    terms.first = some.last;
    add = true;
  } while (terms.size() > 0);
}

}  // namespace autograd
