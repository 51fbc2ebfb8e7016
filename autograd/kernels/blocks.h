// Axes of an array, for what runs along them: an array seen as blocks [outer, n, inner], and the shapes that
// remain.
#pragma once

#include <array>
#include <string>

#include "autograd/ops.h"

namespace autograd {

struct Block {
  std::size_t outer, n, inner;
};

// The blocks whose n must be reduced, innermost first, to go from `large` to `small`; each is seen after the
// ones before it.
struct Blocks {
  std::array<Block, 8> block;
  std::size_t count = 0;
};

// std::invalid_argument, naming the op, if `small` does not broadcast to `large`.
Blocks blocks_between(const char* op, const Shape& small, const Shape& large);

// The one block of a reduction whose axes are neighbours.
Block block_between(const char* op, const Shape& small, const Shape& large);

// For messages: a −1 that became a std::size_t is told as −1.
std::string as_signed(std::size_t x);

// The array seen along one axis; std::invalid_argument if it has none such.
Block block_along(const char* op, const Shape& shape, std::size_t axis);

// Whether a and b have as many axes, this one among them, and the same lengths along the others.
bool equal_but_for(const Shape& a, const Shape& b, std::size_t axis);

// The shape with these axes of length 1, or without them. std::invalid_argument for an axis that is not
// there, or named twice.
Shape reduced(const char* op, const Shape& shape, const Axes& axes, bool keep);

// How many numbers these axes have together: so many become one. std::invalid_argument as above.
std::size_t count_over(const char* op, const Shape& shape, const Axes& axes);

Axes all_axes(const Shape& shape);

// A reduction over these axes, by `to`, which reduces x to a shape that has length 1 along neighbouring axes.
// If these are not neighbours, x is permuted first.
Var reduce(const char* op, Var x, const Axes& axes, bool keep, Var (*to)(Var x, const Shape& shape));

// A stack of matrices […, rows, columns]: the last two axes, and those before them.
struct Matrix {
  std::size_t rows, columns;
};
Matrix matrix(const Shape& shape, bool transposed = false);
Shape leading(const Shape& shape);
void check_square(const char* op, const Shape& shape);  // std::invalid_argument unless […,N,N]

// The shape to which two broadcast, as in NumPy, all axes or all but the last ones. std::invalid_argument
// names the op and both.
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b, std::size_t but_last = 0);

// Broadcasts the leading axes of two stacks.
void spread_stacks(const char* op, Var& a, Var& b);

}  // namespace autograd
