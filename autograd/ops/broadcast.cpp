// Broadcasting, as in NumPy: repeating an array along axes, and its adjoint, summing along them. All
// broadcasting and all sums on the tape go through this pair.
#include "autograd/ops/broadcast.h"

#include <algorithm>

#include "autograd/ops.h"
#include "autograd/record.h"

namespace autograd {

// y = x repeated        x̄ += Σ over the repetitions of ȳ
Var broadcast_to(Var x, const Shape& shape) {
  return record(
      "broadcast_to", {x}, [&](const auto& x) { return broadcast_to(x, shape); },
      [](const auto& g, const auto& x) { return sum_to(g, x.shape()); });
}

// y = Σ x               x̄ += ȳ repeated
Var sum_to(Var x, const Shape& shape) {
  return record(
      "sum_to", {x}, [&](const auto& x) { return sum_to(x, shape); },
      [](const auto& g, const auto& x) { return broadcast_to(g, x.shape()); });
}

// ---- of several operands ----------------------------------------------------------------------------------

Shape broadcast_shape(const char* op, const Operand* inputs, std::size_t count) {
  const auto end = inputs + count;
  const auto first = std::find_if(inputs, end, [](const Operand& x) { return !x.is_number; });
  Shape shape = first == end ? Shape() : first->var.shape();
  for (auto x = first; x != end; ++x)
    if (!x->is_number && x->var.shape() != shape) shape = common_shape(op, shape, x->var.shape());
  return shape;
}

void broadcast_stacks(const char* op, Var& a, Var& b) {
  const Shape stack = common_shape(op, a.shape(), b.shape(), 2);
  for (Var* x : {&a, &b}) {
    Shape to = stack;
    to.insert(to.end(), x->shape().end() - 2, x->shape().end());
    if (to != x->shape()) *x = broadcast_to(*x, to);
  }
}

}  // namespace autograd
