// The product of two matrices of which the first is implicit: its entries lie in an image, like the windows
// of a convolution.
//
// The memory offset of an entry is the sum of one number for its row and one for its column: pixel
// (i + k, j + l) of an image of this `width` is at (i·width + j) + (k·width + l). So the product reads the
// entries in the image, and no window is copied, though windows overlap. This is the innermost loop of
// convolution.cpp and takes most of its time.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/array.h"

namespace autograd {

// Memory that begins at a whole register.
using Buffer = std::vector<Real, xsimd::default_allocator<Real>>;

// Entry (r, t) of the implicit matrix is image[r.image + t.image]. `matrix` is the offset of the row of a
// dense matrix that belongs to it: for a row r, of the result; for a column t, which is a term of the sums,
// of the second factor.
struct Offset {
  std::size_t image, matrix;
};

struct Offsets {
  const Offset *first, *last;
  std::size_t size() const { return std::size_t(last - first); }
};

// The length of a row of the second factor and of the result in memory: `columns` rounded up to whole
// registers, because the product reads and writes whole registers.
std::size_t padded_columns(std::size_t columns);

// So many numbers after the last pixel of an image are read, too. Their values do not matter.
extern const std::size_t read_beyond_image;

// out[r.matrix + v] = Σ_t image[r.image + t.image] b[t.matrix + v], or += if `add`, for every row r and
// v < columns.
void window_product(Offsets rows, Offsets terms, const Real* image, const Real* b, std::size_t columns,
                    Real* out, bool add);

}  // namespace autograd
