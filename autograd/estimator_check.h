// Whether the gradient of a Monte Carlo estimate is right on average: a z-test of many of them against the
// exact gradient. Whether a gradient is the derivative of what was computed is asked in gradcheck.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/parameter.h"
#include "autograd/random.h"
#include "autograd/tape.h"

namespace autograd {

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
