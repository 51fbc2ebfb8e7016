// Derivatives of functions, built on `grad`. For f from arrays x₁, x₂, … to one array y, J = ∂y/∂x, with x
// and y flattened:
//
//     vjp         Jᵀu   how one weighting u of the outputs depends on every input: a gradient
//     jvp         Jv    how every output moves when the inputs move along v
//     hvp         Hv    how the gradient of a scalar f moves when the inputs move along v, without H
//     jacobian    J     all of it: better for few outputs than for many
//     hessian     H     all of it, for small inputs: to look at, or to solve with
//
// The time each takes is given in evaluations of f, as measured on a perceptron of three layers with 512
// units, on 256 rows; on small arrays the tape itself costs more, up to 14. f is evaluated once, on
// variables; what else it uses (parameters, Vars from outside) stands still. Each call rewinds what it
// recorded, and works inside an Evaluation too. Where f does not depend on x the derivatives are zero.
#pragma once

#include <functional>
#include <vector>

#include "autograd/grad.h"

namespace autograd {

using Function = std::function<Var(const std::vector<Var>&)>;

// Jᵀu, for every input an array of its shape.  u: y's shape.   Time: 2 to 3.
// std::invalid_argument if u has another shape than f's value.
std::vector<Array> vjp(const Function& f, const std::vector<Array>& at, const Array& u);

// Jv, of y's shape.  v: an array of its shape for every input.   Time: 4 (by x alone) to 8 (by all weights
// too). u ↦ Jᵀu is linear, so its own transposed derivative is J, at whichever u (Townsend 2017, "A new trick
// for calculating Jacobian vector products"). std::invalid_argument if v does not fit the inputs.
Array jvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v);

// Hv = ∂(vᵀ ∂f/∂x)/∂x, for every input an array of its shape.  v: the same.   Time: as jvp.
// Exact, unlike a difference of gradients (Pearlmutter 1994; by two reverse passes Christianson 1992).
// std::invalid_argument if v does not fit the inputs, or f's value has not one element.
std::vector<Array> hvp(const Function& f, const std::vector<Array>& at, const std::vector<Array>& v);

// J, for every input an array [y's size, its size], row i being Jᵀeᵢ.   Time: 1, and 1 to 2 for every output.
std::vector<Array> jacobian(const Function& f, const std::vector<Array>& at);

// H = ∂²f/∂x², [n,n] for an input of n elements: the Jacobian of the gradient.   Time: 1 to 5 for every
// element. std::invalid_argument if f's value has not one element.
Array hessian(const Function& f, const Array& at);

}  // namespace autograd
