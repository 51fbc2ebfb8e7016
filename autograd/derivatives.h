// Derivatives of functions, built on `grad`. For f from arrays x₁, x₂, … to one array y, J = ∂y/∂x, with x and y flattened:
//
//     vjp         Jᵀu   how one weighting u of the outputs depends on every input: a gradient
//     jvp         Jv    how every output moves when the inputs move along v
//     hvp         Hv    how the gradient of a scalar f moves when the inputs move along v, without H
//     jacobian    J     all of it: better for few outputs than for many
//     hessian     H     all of it, for small inputs: to look at, or to solve with
//
// What each takes, in evaluations of f, is given as measured on a perceptron with large layers; small arrays take more, as the
// tape then does. f is evaluated once, on variables; what else it uses (parameters, Vars from outside) stands still. Each call
// rewinds what it recorded, and works inside an Evaluation too. Where f does not depend on x the derivatives are zero.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tape.h"

namespace autograd {

using Function = std::function<Var(const std::vector<Var>&)>;

// Jᵀu, for every input an array of its shape.  u: y's shape.   COST_VJP
// std::invalid_argument if u has another shape than f's value.
std::vector<Array> vjp(const Function& f, const std::vector<Array>& at, const Array& u);

// Jv, of y's shape.  v: an array of its shape for every input.   COST_JVP
// u ↦ Jᵀu is linear, so its own transposed derivative is J, at whichever u (Townsend 2017, "A new trick for calculating Jacobian
// vector products"). std::invalid_argument if v does not fit the inputs.
Array jvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v);

// Hv = ∂(vᵀ ∂f/∂x)/∂x, for every input an array of its shape.  v: the same.   COST_HVP
// Exact, unlike a difference of gradients (Pearlmutter 1994; by two reverse passes Christianson 1992).
// std::invalid_argument if v does not fit the inputs, or f's value has not one element.
std::vector<Array> hvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v);

// J, for every input an array [y's size, its size], row i being Jᵀeᵢ.   One evaluation, and COST_ROW for every output.
std::vector<Array> jacobian(const Function& f, const std::vector<Array>& at);

// H = ∂²f/∂x², [n,n] for an input of n elements: the Jacobian of the gradient.   COST_HESSIAN
// std::invalid_argument if f's value has not one element.
Array hessian(const Function& f, const Array& at);

}  // namespace autograd
