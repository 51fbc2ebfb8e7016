// The product of two matrices, the first of which is not written down but lies in an image, like the windows
// of a convolution.
//
// An entry of such a matrix is a pixel, and the pixel's place in memory is the sum of one number for the
// entry's row and one for its column: pixel (i + k, j + l) of an image that is `width` wide is at (i·width +
// j) + (k·width + l). So the product reads it where it lies, and a window that overlaps another is not
// copied. This is the innermost loop of convolution.cpp: there most time goes.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/array.h"

namespace autograd {

// Memory that begins at a whole register.
using Buffer = std::vector<Real, xsimd::default_allocator<Real>>;

// A row r, or a column t: their entry is image[r.image + t.image]. Both have a place elsewhere too: the row
// in the result, and the column, which is a term of the sums, in the other factor, whose row it meets.
struct Place {
  std::size_t image, elsewhere;
};

struct Places {
  const Place *first, *last;
  std::size_t size() const { return std::size_t(last - first); }
};

// The columns of the other factor and of the result are computed by whole registers: their rows need room for
// as many.
std::size_t whole(std::size_t columns);

// So many numbers after the last pixel of an image must be readable. They do not matter.
extern const std::size_t pixels_beyond;

// out[r.elsewhere + v] = Σ_t image[r.image + t.image] b[t.elsewhere + v], or += if `add`, for every row r and
// v < columns.
void window_product(Places rows, Places terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add);

// to[j,i] = from[i,j] for from: [rows, columns], or += if `add`. A pitch is the distance of two rows in
// memory.
void transpose(std::size_t rows, std::size_t columns, const Real* from, std::size_t from_pitch, Real* to,
               std::size_t to_pitch, bool add);

}  // namespace autograd
