// A function of one number: its value and its slope at a point.
#pragma once

#include <limits>
#include <vector>

#include "autograd/ops.h"
#include "tests/catch.h"

inline const autograd::Real inf = std::numeric_limits<autograd::Real>::infinity();
inline const autograd::Real not_a_number = std::numeric_limits<autograd::Real>::quiet_NaN();

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

// A function and what it should be, in long double, at some points, up to this relative error.
struct KnownFunction {
  const char* name;
  autograd::Var (*f)(autograd::Var);
  long double (*truth)(long double);
  std::vector<autograd::Real> at;
  double epsilon;
};

inline void check_values(const std::vector<KnownFunction>& functions) {
  for (const KnownFunction& known : functions) {
    autograd::Evaluation scope;
    const autograd::Array found = known.f(vector(known.at)).value();
    for (std::size_t i = 0; i < known.at.size(); ++i) {
      INFO(known.name << " at " << known.at[i]);
      CHECK(found.data()[i] == Approx(double(known.truth(known.at[i]))).epsilon(known.epsilon).margin(0));
    }
  }
}
