// Axes of an array, for loops along them: an array seen as blocks [outer, n, inner], and the shapes that
// operations over axes give.
#pragma once

#include <array>
#include <string>

#include "autograd/array.h"

namespace autograd {

// ---- blocks -----------------------------------------------------------------------------------------------

// The middle axis is the one that a loop runs along.
struct Block {
  std::size_t outer, n, inner;
};

// The reductions that turn one shape into a smaller one, innermost first; each assumes those before it are
// done.
struct Blocks {
  std::array<Block, 8> block;
  std::size_t count = 0;
};

// The reductions from `large` to `small`. std::invalid_argument, naming the op, if `small` does not broadcast
// to `large`.
Blocks blocks_between(const char* op, const Shape& small, const Shape& large);

// The only one, if the axes that are reduced are neighbours.
Block block_between(const char* op, const Shape& small, const Shape& large);

// The array seen along one axis. std::invalid_argument if there is no such axis.
Block block_along(const char* op, const Shape& shape, Axis axis);

// ---- shapes -----------------------------------------------------------------------------------------------

// An axis for messages: a −1 that was converted to std::size_t is printed as −1.
std::string as_signed(std::size_t x);

// True if a and b have the same number of axes, `axis` among them, and equal lengths along all others.
bool equal_except_along(const Shape& a, const Shape& b, std::size_t axis);

// How often this axis, counted from 0, is among `axes` of an array with so many.
std::size_t times_named(const Axes& axes, std::size_t axis, std::size_t rank);

// The shape after a reduction over these axes, which stay with length 1 if `keep`. std::invalid_argument for
// an axis that does not exist or is named twice.
Shape reduced_shape(const char* op, const Shape& shape, const Axes& axes, bool keep);

// How many elements a reduction over these axes turns into one. std::invalid_argument as above.
std::size_t count_over(const char* op, const Shape& shape, const Axes& axes);

Axes all_axes(const Shape& shape);

// The shape to which two shapes broadcast, as in NumPy, without their last `but_last` axes.
// std::invalid_argument, naming the op and both shapes, if they do not.
Shape common_shape(const char* op, const Shape& a, const Shape& b, std::size_t but_last = 0);

// ---- stacks of matrices […, rows, columns] ----------------------------------------------------------------

struct Matrix {
  std::size_t rows, columns;
};
Matrix matrix(const Shape& shape, bool transposed = false);  // the last two axes
Shape leading(const Shape& shape);                           // the axes before them
void check_square(const char* op, const Shape& shape);       // std::invalid_argument unless […,N,N]

}  // namespace autograd
