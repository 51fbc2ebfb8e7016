// A function of one number: its value and its slope there.
#pragma once

#include <vector>

#include "autograd/ops.h"

inline autograd::Var vector(const std::vector<autograd::Real>& values) {
  return autograd::variable(autograd::array({values.size()}, values));
}

inline autograd::Real value(autograd::Var (*f)(autograd::Var), autograd::Real at) {
  autograd::Evaluation scope;
  return f(autograd::constant(autograd::full({}, at))).item();
}

// dy/dx summed over y
inline autograd::Real slope(autograd::Var (*f)(autograd::Var), autograd::Real at) {
  autograd::Step step;
  const autograd::Var x = autograd::variable(autograd::full({}, at));
  return backward(sum(f(x)))[x].data()[0];
}
