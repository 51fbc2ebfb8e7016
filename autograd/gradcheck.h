// Checking gradients against finite differences. For a function f of some arrays, with any outputs, take the
// scalar φ(x) = Σ r·f(x) with fixed weights r. With five-point differences D along a direction u,
//
//     D_u φ(0) = (8 (φ(h) − φ(−h)) − (φ(2h) − φ(−2h))) / 12h,    φ(t) short for φ(x + t u),
//
// the full check compares, entry by entry (u a unit vector, four evaluations for each entry):
//
//     order 1    ∂φ/∂x by `backward`, and again by the recorded `grad`, with D_u φ
//     order 2    the gradient of vᵀ∂φ/∂x, with fixed v, with D_u (vᵀ∂φ/∂x)
//
// With `directions` = k the same is compared along k random directions v over all inputs together, so that a
// model of 400,000 weights costs as much as k small functions:
//
//     order 1    vᵀ∂φ/∂x by both, with D_v φ
//     order 2    uᵀ ∂(vᵀ∂φ/∂x)/∂x, with D_u (vᵀ∂φ/∂x), u another direction
//
// What directions can see: let e be the error of a gradient and v ~ N(0, I). The comparison is off by vᵀe ~
// N(0, ‖e‖²), so one direction misses e, |vᵀe| ≤ τ, with probability below 0.8 τ/‖e‖, and k directions with
// the k-th power of it; τ ≤ 1e-6 max(1, |vᵀ∂φ/∂x|) at order 1, and |vᵀ∂φ/∂x| is about ‖∂φ/∂x‖. So four
// directions miss an error of a thousandth of the gradient's length with probability 1e-12. They cannot see
// an error orthogonal to them all, nor one that is small beside the whole gradient, such as a wrong bias in a
// model whose other gradients are a million times larger; and they name no entry. The full check sees both.
//
// For Real = double, where a right gradient agrees to about 1e-10; in float nothing could be told, and
// check_gradient throws std::logic_error. A function that draws random numbers
// is checked on common random numbers: give it a Stream that stays the same. Whether the gradient of a Monte
// Carlo estimate is right on average is another question: estimator_check.h.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "autograd/derivatives.h"

namespace autograd {

// The largest error |analytic − numeric| over all entries of all inputs, or over all directions, relative to
// max(1, |numeric|) and, where the gradient is small, to the largest |numeric| of the input, or of the
// directions, but not to less than a million times what the rounding of φ may do to a difference.
struct GradientCheck {
  double order1 = 0;
  double order2 = 0;
  std::string
      worst;  // "order 1: input 0, element 3: analytic 0.5, numeric 0.7", or "order 1: direction 0: …"

  static constexpr double limit1 = 1e-6, limit2 = 1e-4;
  bool ok() const { return order1 < limit1 && order2 < limit2; }                // NaN and infinity are not
  double excess() const { return std::max(order1 / limit1, order2 / limit2); }  // as a multiple of what is ok
  void include(const GradientCheck& other);  // the worse of both, of each order
};

// `at` must lie inside the domain, further than 2·step from kinks. What f does not depend on has slope 0.
// With directions the step is divided by ⁴√n for n entries: a layer's sum over √n inputs that all move at
// once moves ⁴√n times as far.
GradientCheck check_gradient(const Function& f, const std::vector<Array>& at, double step = 1e-3,
                             std::size_t directions = 0);

// The same for a function of parameters, such as a layer's or a model's; they are moved, and put back.
GradientCheck check_gradient(const std::function<Var()>& f, const std::vector<Parameter*>& at,
                             double step = 1e-3, std::size_t directions = 0);

}  // namespace autograd
