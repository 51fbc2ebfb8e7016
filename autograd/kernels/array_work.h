// What an operation on whole arrays computes, held until it is known where the result goes. The forward pass
// writes it into a new array; the reverse pass adds it to an adjoint that already holds a term. So a product
// accumulates with β = 1 and a slice adds itself in place, without a copy.
//
//     // the sum of two arrays of one shape
//     auto sum_of(const Array& a, const Array& b) {
//       return ArrayWork(a.shape(), [&a, &b](Array& out, bool add) {
//         copy_or_add(a.size(), a.data(), out.data(), add);
//         copy_or_add(b.size(), b.data(), out.data(), true);
//       });
//     }
//
// A function that returns ArrayWork checks its arguments first, and has the name of the operation on Vars
// (ops.h), so that a rule written once serves arrays and Vars. The work refers to its arguments and must be
// done while they live.
#pragma once

#include <utility>

#include "autograd/array.h"

namespace autograd {

// write(out, add) writes a result of this shape into `out`, or adds it if `add`. `out` has the shape already.
template <class Write>
class ArrayWork {
 public:
  ArrayWork(const Shape& shape, Write write) : shape_(shape), write_(std::move(write)) {}

  const Shape& shape() const { return shape_; }
  void into(Array& out, bool add) const { write_(out, add); }

 private:
  Shape shape_;
  Write write_;
};

}  // namespace autograd
