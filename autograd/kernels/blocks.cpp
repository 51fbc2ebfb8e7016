#include "autograd/kernels/blocks.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace autograd {

Blocks blocks_between(const char* op, const Shape& small, const Shape& large) {
  const auto fail = [&] {
    throw std::invalid_argument(std::string("[") + op + "] " + to_string(small) + " does not broadcast to " +
                                to_string(large));
  };
  if (small.size() > large.size()) fail();
  const std::size_t missing = large.size() - small.size();
  const auto length = [&](std::size_t axis) { return axis < missing ? 1 : small[axis - missing]; };

  Blocks blocks;
  std::size_t inner = 1, axis = large.size();
  while (axis > 0) {
    std::size_t n = 1;
    while (axis > 0 &&
           (length(axis - 1) != large[axis - 1] || large[axis - 1] == 1)) {  // those of length 1 go with any
      if (length(axis - 1) != 1) fail();
      n *= large[--axis];
    }
    if (n != 1) {
      std::size_t outer = 1;
      for (std::size_t i = 0; i < axis; ++i) outer *= large[i];
      if (blocks.count == blocks.block.size())
        throw std::invalid_argument(std::string("[") + op + "] " + to_string(small) + " to " +
                                    to_string(large) + ": too many axes");
      blocks.block[blocks.count++] = {outer, n, inner};
    }
    if (axis > 0) inner *= large[--axis];
  }
  return blocks;
}

Block block_between(const char* op, const Shape& small, const Shape& large) {
  const Blocks blocks = blocks_between(op, small, large);
  if (blocks.count > 1) throw std::logic_error(std::string("[") + op + "] the axes are no neighbours");
  return blocks.count == 1 ? blocks.block[0] : Block{1, 1, element_count(large)};
}

std::string as_signed(std::size_t x) { return std::to_string(std::ptrdiff_t(x)); }

Block block_along(const char* op, const Shape& shape, std::size_t axis) {
  if (axis >= shape.size())
    throw std::invalid_argument(std::string("[") + op + "] axis " + as_signed(axis) + " of " +
                                to_string(shape));
  Block block = {1, shape[axis], 1};
  for (std::size_t i = 0; i < shape.size(); ++i)
    (i < axis ? block.outer : i > axis ? block.inner : block.n) *= i == axis ? 1 : shape[i];
  return block;
}

bool equal_but_for(const Shape& a, const Shape& b, std::size_t axis) {
  if (a.size() != b.size() || axis >= a.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (i != axis && a[i] != b[i]) return false;
  return true;
}

Shape reduced(const char* op, const Shape& shape, const Axes& axes, bool keep) {
  Shape out;
  for (const std::size_t axis : axes)
    if (axis >= shape.size() || std::count(axes.begin(), axes.end(), axis) > 1)
      throw std::invalid_argument(std::string("[") + op + "] axis " + as_signed(axis) + " of " +
                                  to_string(shape) + (axis < shape.size() ? " is named twice" : ""));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::count(axes.begin(), axes.end(), i) > 0;
    if (!gone)
      out.push_back(shape[i]);
    else if (keep)
      out.push_back(1);
  }
  return out;
}

std::size_t count_over(const char* op, const Shape& shape, const Axes& axes) {
  reduced(op, shape, axes, true);  // throws for axes that are not there
  std::size_t n = 1;
  for (const std::size_t axis : axes) n *= shape[axis];
  return n;
}

Axes all_axes(const Shape& shape) {
  Axes axes(shape.size());
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = i;
  return axes;
}

Var reduce(const char* op, Var x, const Axes& axes, bool keep, Var (*to)(Var x, const Shape& shape)) {
  const Shape result = reduced(op, x.shape(), axes, keep);
  Shape small = reduced(op, x.shape(), axes, true);
  if (blocks_between(op, small, x.shape()).count > 1) {
    Axes order;
    for (const bool reduces : {false, true})
      for (std::size_t axis = 0; axis < small.size(); ++axis)
        if ((std::count(axes.begin(), axes.end(), axis) > 0) == reduces) order.push_back(axis);
    x = permute(x, order);
    const Shape before = small;
    for (std::size_t i = 0; i < order.size(); ++i) small[i] = before[order[i]];
  }
  const Var y = to(x, small);
  return y.shape() == result ? y : reshape(y, result);
}

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

// Aligned at the last axis; a length of 1, or no axis, takes the other's length.
Shape broadcast_shape(const char* op, const Shape& a, const Shape& b, std::size_t but_last) {
  const auto length = [&](const Shape& s, std::size_t from_last) {
    return from_last + but_last < s.size() ? s[s.size() - 1 - but_last - from_last] : 1;
  };
  Shape wider = a.size() > b.size() ? a : b;
  wider.resize(wider.size() - but_last);
  for (std::size_t k = 0; k < wider.size(); ++k) {
    const std::size_t n = length(a, k), m = length(b, k);
    if (n != m && n != 1 && m != 1)
      throw std::invalid_argument(std::string("[") + op + "] shapes " + to_string(a) + " and " +
                                  to_string(b) + " do not broadcast");
    wider[wider.size() - 1 - k] = n == 1 ? m : n;
  }
  return wider;
}

void spread_stacks(const char* op, Var& a, Var& b) {
  const Shape stack = broadcast_shape(op, a.shape(), b.shape(), 2);
  for (Var* x : {&a, &b}) {
    Shape to = stack;
    to.insert(to.end(), x->shape().end() - 2, x->shape().end());
    if (to != x->shape()) *x = broadcast_to(*x, to);
  }
}

}  // namespace autograd
