// Broadcasting for the sources of other operations: on arrays, for their rules, and of stacks of matrices.
#pragma once

#include "autograd/kernels/array_work.h"
#include "autograd/kernels/sums.h"
#include "autograd/tape.h"

namespace autograd {

// x repeated along the axes where it has length 1 and `shape` more, and along leading axes that it lacks.
inline auto broadcast_to(const Array& x, const Shape& shape) {
  const Blocks blocks = blocks_between("broadcast_to", x.shape(), shape);
  return ArrayWork(shape, [&x, blocks](Array& out, bool add) { broadcast_blocks(blocks, x, out, add); });
}

// x summed along the axes where `shape` has length 1 and x more, and along leading axes that `shape` lacks.
inline auto sum_to(const Array& x, const Shape& shape) {
  const Blocks blocks = blocks_between("sum_to", shape, x.shape());
  return ArrayWork(shape, [&x, blocks](Array& out, bool add) { sum_blocks(blocks, x, out, add); });
}

// Broadcasts the leading axes of two stacks of matrices […,M,N] to each other.
void broadcast_stacks(const char* op, Var& a, Var& b);

}  // namespace autograd
