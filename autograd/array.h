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
#include <limits>
#include <string>
#include <vector>

#include "autograd/axes.h"
#include "autograd/xtensor.h"

#ifndef REAL
#define REAL float
#endif

namespace autograd {

using Real = REAL;
using Array = xt::xarray<Real, xt::layout_type::row_major>;
using Shape = Array::shape_type;
constexpr Real infinity = std::numeric_limits<Real>::infinity();

// Uninitialised, all equal, or filled from a row-major list (std::invalid_argument for another count).
Array empty(const Shape& shape);
Array full(const Shape& shape, Real value);
Array zeros(const Shape& shape);
Array array(const Shape& shape, const std::vector<Real>& values);

// Gives `a` this shape; its values are then unspecified. Keeps the memory when the shape is already this one.
void resize(Array& a, const Shape& shape);

std::size_t element_count(const Shape& shape);  // std::invalid_argument if no memory could hold so many
std::string to_string(const Shape& shape);      // "[32,784]"

}  // namespace autograd
