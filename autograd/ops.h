// The operations: the manual. Each line says what is computed; the gradient stands under the value in the source named above it.
// Operands are Vars, Parameters or plain numbers, and broadcast as in NumPy. Every operation throws std::invalid_argument naming
// itself and the shapes when they do not fit, and every gradient can be differentiated again.
#pragma once

#include <vector>

#include "autograd/tape.h"

namespace autograd {

// Axes of an array, counted from 0.
using Axes = std::vector<std::size_t>;

// ---- elementwise.cpp ----

Var operator+(Operand a, Operand b);
Var operator-(Operand a, Operand b);
Var operator*(Operand a, Operand b);
Var operator/(Operand a, Operand b);
Var operator-(Var x);

Var square(Var x);
Var sqrt(Var x);   // at 0 the slope is infinite; but where(x > 0, sqrt(x), 0) has slope 0 there
Var exp(Var x);    // in float, ∞ above 88.7 and 0 below −88
Var expm1(Var x);  // eˣ − 1, exact near 0
Var log(Var x);
Var tanh(Var x);
Var sigmoid(Var x);   // 1 / (1 + e⁻ˣ)
Var softplus(Var x);  // log(1 + eˣ), exact for large |x|
Var relu(Var x);      // max(x, 0); slope 0 at 0; NaN stays NaN

Var operator>(Operand a, Operand b);         // 1 where a > b, else 0; no gradient
Var operator<(Operand a, Operand b);         // 1 where a < b, else 0; no gradient
Var where(Operand c, Operand a, Operand b);  // a where c > 0, else b; a slope that is infinite on the side not taken gives NaN
Var clamp(Var x, Real low, Real high);       // slope 1 inside and at the bounds, 0 outside; NaN stays NaN

// log p(x) of a Bernoulli with these logits, elementwise:  x·l − softplus(l)  =  x log σ(l) + (1−x) log(1−σ(l))
Var bernoulli_log_prob(Operand x, Operand logits);

Var stop_gradient(Var x);  // x, through which no gradient flows

// ---- reduce.cpp ----

Var sum(Var x);                                       // all elements, as a scalar []
Var sum(Var x, const Axes& axes, bool keep = false);  // keep: the axes stay, with length 1
Var mean(Var x);
Var mean(Var x, const Axes& axes, bool keep = false);       // std::invalid_argument for means of no elements
Var logsumexp(Var x, const Axes& axes, bool keep = false);  // log Σ eˣ; all −∞, or none, gives −∞, with slope NaN

Var broadcast_to(Var x, const Shape& shape);  // repeats along axes of length 1 and along new leading axes
Var sum_to(Var x, const Shape& shape);        // its adjoint: sums them back to this shape

// ---- shape.cpp ----

Var reshape(Var x, const Shape& shape);
Var slice(Var x, std::size_t axis, std::size_t first, std::size_t last);    // x[…, first:last, …]
Var embed(Var x, const Shape& shape, std::size_t axis, std::size_t first);  // its adjoint: x amid zeros of this shape
Var concat(const std::vector<Var>& xs, std::size_t axis);

// ---- product.cpp ----

// op(a) op(b), op transposing where told.  a: [M,K]  b: [K,N]  ->  [M,N]
Var matmul(Var a, Var b, bool transpose_a = false, bool transpose_b = false);

// y = xWᵀ + b.  x: [B,D]  W: [H,D]  b: [H]  ->  [B,H]
Var affine(Var x, Var W, Var b);

}  // namespace autograd
