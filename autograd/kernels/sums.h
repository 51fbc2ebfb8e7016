// Sums over axes of an array, and their adjoint, broadcasting. In a block [outer, n, inner] (blocks.h) n
// numbers are summed into one, or one is repeated n times; reductions over several runs of axes take one
// block after the other.
#pragma once

#include "autograd/kernels/blocks.h"

namespace autograd {

// out[o, j] = Σᵢ x[o, i, j], or += if `add`. Long sums are accumulated in double.
void sum_block(const Block& b, const Real* x, Real* out, bool add);

// out[o, i, j] = x[o, j], or += if `add`
void broadcast_block(const Block& b, const Real* x, Real* out, bool add);

// The same for all blocks between the shapes of x and of out.
void sum_blocks(const Blocks& blocks, const Array& x, Array& out, bool add);
void broadcast_blocks(const Blocks& blocks, const Array& x, Array& out, bool add);

}  // namespace autograd
