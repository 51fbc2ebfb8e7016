// Arrays of one datum, from its numbers: what most tests of distributions evaluate.
#pragma once

#include "autograd/tape.h"

// [1,n]
inline autograd::Var row(const std::vector<autograd::Real>& values) {
  return autograd::constant(autograd::array({1, values.size()}, values));
}

// [1,1]
inline autograd::Var one(autograd::Real value) { return row({value}); }
