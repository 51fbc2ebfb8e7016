// How two shapes differ, and what becomes of a shape.
#include "autograd/kernels/blocks.h"

#include <algorithm>
#include <stdexcept>

namespace autograd {

// ---- blocks -----------------------------------------------------------------------------------------------

Blocks blocks_between(const char* op, const Shape& small, const Shape& large) {
  const auto fail = [&] {
    throw std::invalid_argument(std::string("[") + op + "] " + to_string(small) + " does not broadcast to " +
                                to_string(large));
  };
  // Align both shapes at their last axis: an axis that `small` lacks has length 1.
  if (small.size() > large.size()) fail();
  const std::size_t missing = large.size() - small.size();
  const auto length = [&](std::size_t axis) { return axis < missing ? 1 : small[axis - missing]; };

  // Go from the last axis to the first.
  Blocks blocks;
  std::size_t inner = 1, axis = large.size();
  while (axis > 0) {
    // Join neighbouring axes that are reduced; one of length 1 in both shapes joins any others.
    std::size_t n = 1;
    while (axis > 0 && (length(axis - 1) != large[axis - 1] || large[axis - 1] == 1)) {
      if (length(axis - 1) != 1) fail();
      n *= large[--axis];
    }
    // Make a block of them.
    if (n != 1) {
      std::size_t outer = 1;
      for (std::size_t i = 0; i < axis; ++i) outer *= large[i];
      if (blocks.count == blocks.block.size())
        throw std::invalid_argument(std::string("[") + op + "] " + to_string(small) + " to " +
                                    to_string(large) + ": too many axes");
      blocks.block[blocks.count++] = {outer, n, inner};
    }
    // Pass over an axis that stays.
    if (axis > 0) inner *= large[--axis];
  }
  return blocks;
}

Block block_between(const char* op, const Shape& small, const Shape& large) {
  const Blocks blocks = blocks_between(op, small, large);
  if (blocks.count > 1)
    throw std::logic_error(std::string("[") + op + "] the axes that are reduced are not neighbours");
  return blocks.count == 1 ? blocks.block[0] : Block{1, 1, element_count(large)};
}

Block block_along(const char* op, const Shape& shape, Axis along) {
  const std::size_t axis = along.in(shape.size());
  if (axis >= shape.size())
    throw std::invalid_argument(std::string("[") + op + "] axis " + as_signed(axis) + " of " +
                                to_string(shape));
  Block block = {1, shape[axis], 1};
  for (std::size_t i = 0; i < axis; ++i) block.outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) block.inner *= shape[i];
  return block;
}

// ---- shapes -----------------------------------------------------------------------------------------------

std::string as_signed(std::size_t x) { return std::to_string(std::ptrdiff_t(x)); }

bool equal_except_along(const Shape& a, const Shape& b, std::size_t axis) {
  if (a.size() != b.size() || axis >= a.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (i != axis && a[i] != b[i]) return false;
  return true;
}

std::size_t times_named(const Axes& axes, std::size_t axis, std::size_t rank) {
  std::size_t times = 0;
  for (const Axis& named : axes) times += named.in(rank) == axis;
  return times;
}

Shape reduced_shape(const char* op, const Shape& shape, const Axes& axes, bool keep) {
  // Check the axes.
  const std::size_t rank = shape.size();
  for (const Axis& axis : axes)
    if (axis.in(rank) >= rank || times_named(axes, axis.in(rank), rank) > 1)
      throw std::invalid_argument(std::string("[") + op + "] axis " + std::to_string(axis.number) + " of " +
                                  to_string(shape) + (axis.in(rank) < rank ? " is named twice" : ""));
  // Keep the others.
  Shape out;
  for (std::size_t i = 0; i < rank; ++i) {
    if (times_named(axes, i, rank) == 0)
      out.push_back(shape[i]);
    else if (keep)
      out.push_back(1);
  }
  return out;
}

std::size_t count_over(const char* op, const Shape& shape, const Axes& axes) {
  reduced_shape(op, shape, axes, true);  // checks the axes
  std::size_t n = 1;
  for (const Axis& axis : axes) n *= shape[axis.in(shape.size())];
  return n;
}

Axes all_axes(const Shape& shape) {
  Axes axes;
  for (std::size_t i = 0; i < shape.size(); ++i) axes.push_back(i);
  return axes;
}

Shape common_shape(const char* op, const Shape& a, const Shape& b, std::size_t but_last) {
  // Align both at the last axis that counts: an axis that one of them lacks has length 1.
  const auto length = [&](const Shape& s, std::size_t from_last) {
    return from_last + but_last < s.size() ? s[s.size() - 1 - but_last - from_last] : 1;
  };
  Shape common = a.size() > b.size() ? a : b;
  common.resize(common.size() - but_last);
  // A length of 1 takes the other's length.
  for (std::size_t k = 0; k < common.size(); ++k) {
    const std::size_t n = length(a, k), m = length(b, k);
    if (n != m && n != 1 && m != 1)
      throw std::invalid_argument(std::string("[") + op + "] shapes " + to_string(a) + " and " +
                                  to_string(b) + " do not broadcast");
    common[common.size() - 1 - k] = n == 1 ? m : n;
  }
  return common;
}

// ---- stacks of matrices […, rows, columns] ----------------------------------------------------------------

Matrix matrix(const Shape& shape, bool transposed) {
  const std::size_t rank = shape.size(), rows = shape[rank - 2], columns = shape[rank - 1];
  return transposed ? Matrix{columns, rows} : Matrix{rows, columns};
}

Shape leading(const Shape& shape) { return Shape(shape.begin(), shape.end() - 2); }

void check_square(const char* op, const Shape& shape) {
  const std::size_t rank = shape.size();
  if (rank < 2 || shape[rank - 2] != shape[rank - 1])
    throw std::invalid_argument(std::string("[") + op + "] " + to_string(shape) + " is not […,N,N]");
}

}  // namespace autograd
