// Checking gradients against finite differences. For a function f of some arrays, with any outputs, take the
// scalar φ(x) = Σ r·f(x) with fixed weights r:
//
//   order 1    ∂φ/∂x by `backward`, and again by the recorded `grad`, against five-point differences of φ
//   order 2    the gradient of vᵀ∂φ/∂x, with fixed v, against five-point differences of it
//
// Meant for Real = double, where a right gradient agrees to about 1e-10. A function that draws random numbers
// is checked on common random numbers: give it a Stream that stays the same. Whether the gradient of a Monte
// Carlo estimate is right on average is another question, which `check_estimator` asks.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/random.h"

namespace autograd {

// The largest |analytic − numeric| / max(1, |numeric|) over all entries of all inputs.
struct GradientCheck {
  double order1 = 0;
  double order2 = 0;
  std::string worst;  // "order 1: input 0, element 3: analytic 0.5, numeric 0.7"
  bool ok() const { return order1 < 1e-6 && order2 < 1e-4; }  // NaN and infinity are not
  double excess() const {
    return std::max(order1 / 1e-6, order2 / 1e-4);
  }  // the error as a multiple of what is ok
};

// `at` must lie inside the domain, further than 2·step from kinks. What f does not depend on has slope 0.
GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step = 1e-3);

// The same for a function of parameters, such as a layer's or a model's; they are moved, and put back.
GradientCheck check_gradient(const std::function<Var()>& f, const std::vector<Parameter*>& at,
                             double step = 1e-3);

// Is E[∂ estimate/∂x] = ∂ exact/∂x? Entry by entry, the mean of n draws lies z = (mean − exact) / (s/√n)
// standard errors off.
struct EstimatorCheck {
  double z = 0;       // the largest |z|
  double bound = 0;   // which a right estimator exceeds, in any entry, with probability `error_rate` (normal,
                      // so for many draws)
  std::string worst;  // "input 0, element 3: mean 0.5 ± 0.01, exact 0.7"
  bool ok() const { return z < bound; }
};

// `estimate` is a scalar that draws from its stream alone, such as a Monte Carlo bound; `exact` is its
// expectation. std::invalid_argument for fewer than two draws, parameters without a number, or an error rate
// that is no probability.
EstimatorCheck check_estimator(const std::function<Var(const Stream&)>& estimate,
                               const std::function<Var()>& exact, const std::vector<Parameter*>& at,
                               std::size_t draws = 10000, double error_rate = 1e-6);

}  // namespace autograd
