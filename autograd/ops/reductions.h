// Reductions over any axes, out of reductions over neighbouring axes.
#pragma once

#include "autograd/array.h"
#include "autograd/tape.h"

namespace autograd {

// A reduction of x over these axes by `reduce_to`, which reduces to a shape that has length 1 along axes that
// are neighbours. If the axes are not neighbours, x is permuted first.
Var reduce(const char* op, Var x, const Axes& axes, bool keep, Var (*reduce_to)(Var x, const Shape& shape));

}  // namespace autograd
