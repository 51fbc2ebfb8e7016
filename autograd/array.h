// Arrays: the values that the nodes of a tape hold.
//
// An Array is a dense row-major xtensor array of Real with any number of axes; a scalar has shape []. Real is
// chosen when the rooms are compiled: training runs in float, gradient checks and exact-truth tests in
// double, from the same sources. Beware: `Array a({2, 3})` holds the two values 2 and 3; an array *of shape*
// [2,3] comes from the functions below.
//
// Next: parameter.h, tape.h.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/xtensor.h"

#ifndef REAL
#define REAL float
#endif

namespace autograd {

using Real = REAL;
using Array = xt::xarray<Real, xt::layout_type::row_major>;
using Shape = Array::shape_type;

// An axis of an array, counted from 0, or from the end if it is negative: −1 is the last.
struct Axis {
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
  Axis(Integer number) : number(std::ptrdiff_t(number)) {}

  // Counted from 0, of an array with so many axes. An axis that does not exist stays as it is.
  std::size_t in(std::size_t rank) const {
    const std::ptrdiff_t from_start = number < 0 ? number + std::ptrdiff_t(rank) : number;
    return std::size_t(from_start < 0 ? number : from_start);
  }

  std::ptrdiff_t number;
};
using Axes = std::vector<Axis>;

// Uninitialised, all equal, or filled from a row-major list (throws std::invalid_argument if the count
// differs).
Array empty(const Shape& shape);
Array full(const Shape& shape, Real value);
Array zeros(const Shape& shape);
Array array(const Shape& shape, const std::vector<Real>& values);

// Gives `a` this shape; its values are then unspecified. Keeps the memory when the shape is already this one.
void resize(Array& a, const Shape& shape);

std::size_t element_count(const Shape& shape);  // std::invalid_argument if no memory could hold so many
std::string to_string(const Shape& shape);      // "[32,784]"

// The shape and the values, of long axes the first three and the last three:
// "[2,9] {{1, 2, 3, …, 7, 8, 9}, {0, 0.5, 1, …, 1e+10, nan, inf}}"
std::string to_string(const Array& a);

}  // namespace autograd

// The same for streams, in xtensor's namespace, where the compiler looks for it: Array is a type of
// xtensor's.
namespace xt {
std::ostream& operator<<(std::ostream& out, const autograd::Array& a);
}
