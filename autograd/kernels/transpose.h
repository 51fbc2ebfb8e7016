// Transposing a matrix in memory.
#pragma once

#include "autograd/array.h"

namespace autograd {

// to[j,i] = from[i,j] for from: [rows, columns], or += if `add`. A pitch is the distance of two rows in
// memory.
void transpose(std::size_t rows, std::size_t columns, const Real* from, std::size_t from_pitch, Real* to,
               std::size_t to_pitch, bool add);

}  // namespace autograd
