// The operations: the manual. Each line says what is computed; the gradient stands under the value in the
// source named above it. Operands are Vars, Parameters or plain numbers, and broadcast as in NumPy. Every
// operation throws std::invalid_argument naming itself and the shapes when they do not fit, and every
// gradient can be differentiated again.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tape.h"

namespace autograd {

// ---- elementwise.cpp ----

Var operator+(Operand a, Operand b);
Var operator-(Operand a, Operand b);
Var operator*(Operand a, Operand b);
Var operator/(Operand a, Operand b);
Var operator-(Var x);

Var pow(Operand a, Operand b);      // aᵇ; NaN for a < 0 unless b is whole
Var xlogy(Operand a, Operand b);    // a log b; 0 where a is 0, so also at b = 0, with a slope of 0 in a there
Var xlog1py(Operand a, Operand b);  // a log(1 + b), the same
Var abs(Var x);                     // slope 0 at 0
Var reciprocal(Var x);
Var square(Var x);
Var sqrt(Var x);   // at 0 the slope is infinite; but where(x > 0, sqrt(x), 0) has slope 0 there
Var exp(Var x);    // ∞ above 709.78 and 0 below −745.1; in float 88.72 and −103.9
Var expm1(Var x);  // eˣ − 1, exact near 0
Var log(Var x);
Var log1p(Var x);  // log(1 + x), exact near 0
Var tanh(Var x);
Var sigmoid(Var x);      // 1 / (1 + e⁻ˣ)
Var softplus(Var x);     // log(1 + eˣ), exact for large |x|
Var log_sigmoid(Var x);  // log σ(x), exact for large |x|
Var sin(Var x);
Var cos(Var x);
Var atan(Var x);
Var leaky_relu(Var x, Real slope = Real(0.01));
Var elu(Var x, Real alpha = 1);
Var silu(Var x);  // x σ(x)
Var relu(Var x);  // max(x, 0); slope 0 at 0; NaN stays NaN

Var operator>(Operand a, Operand b);  // 1 where a > b, else 0; no gradient
Var operator<(Operand a, Operand b);  // 1 where a < b, else 0; no gradient
// a where c > 0, else b; an infinite slope on the side not taken gives NaN
Var where(Operand c, Operand a, Operand b);
Var maximum(Operand a, Operand b);  // ties share the slope; NaN if either is
Var minimum(Operand a, Operand b);
Var clamp(Var x, Real low, Real high);  // slope 1 inside and at the bounds, 0 outside; NaN stays NaN

// log p(x) of a Bernoulli with these logits, elementwise:  x·l − softplus(l)  =  x log σ(l) + (1−x)
// log(1−σ(l)),  −∞ unless 0 ≤ x ≤ 1
Var bernoulli_log_prob(Operand x, Operand logits);

Var stop_gradient(Var x);  // x, through which no gradient flows

// ---- checkpoint.cpp ----

// f(), keeping no value from within: `backward` asks for f again. Capture by value what does not outlive the
// step (Vars); draws must come from a Stream, so that they are the same again. f must not call `grad`: the
// first time, nothing is recorded. std::logic_error in the reverse pass if f then gives another shape, or
// uses a Var or a parameter that was not there.
Var checkpoint(const std::function<Var()>& f);

// An operation of your own, from a value and a rule: `custom`, in record.h.

// ---- error_function.cpp ----

Var erf(Var x);
Var erfc(Var x);            // 1 − erf x, exact in the upper tail
Var log_normal_cdf(Var x);  // log Φ(x), exact in the lower tail, as are its slopes
Var gelu(Var x);            // x Φ(x)

// ---- special.cpp ----

Var lgamma(Var x);            // log |Γ(x)|
Var digamma(Var x);           // ψ(x)
Var polygamma(int n, Var x);  // ψ⁽ⁿ⁾(x), n ≥ 0

// ---- truncated_exponential.cpp ----

// K⁽ⁿ⁾(x), n ≥ 0, of K(x) = log ∫₀¹ eˣᵗ dt = log((eˣ − 1) / x), the cumulant function of U(0, 1)
Var uniform_cumulant(int n, Var x);
// The z in [0, 1] with ∫₀ᶻ e^lt dt = u ∫₀¹ e^lt dt, for u in [0, 1]
Var tilted_uniform_quantile(Operand u, Operand l);

// ---- sums.cpp ----

Var sum(Var x);                                       // all elements, as a scalar []
Var sum(Var x, const Axes& axes, bool keep = false);  // keep: the axes stay, with length 1
Var mean(Var x);
Var mean(Var x, const Axes& axes, bool keep = false);  // std::invalid_argument for means of no elements

Var broadcast_to(Var x, const Shape& shape);  // repeats along axes of length 1 and along new leading axes
Var sum_to(Var x, const Shape& shape);        // its adjoint: sums them back to this shape

// ---- reductions.cpp ----

Var max(Var x);
// Ties share the slope. NaN if one element is NaN, with a slope shared by all. std::invalid_argument of no
// elements.
Var max(Var x, const Axes& axes, bool keep = false);
Var min(Var x);
Var min(Var x, const Axes& axes, bool keep = false);
Var var(Var x);
Var var(Var x, const Axes& axes, bool keep = false, std::size_t ddof = 0);  // Σ (x − mean)² / (n − ddof)
Var norm(Var x);
Var norm(Var x, const Axes& axes, bool keep = false);  // √Σ x²; slope 0 at 0
// The index of the largest element, the first of equals; no gradient.
std::vector<std::size_t> argmax(const Array& x, std::size_t axis);

// ---- cumulative.cpp ----

Var prod(Var x);
Var prod(Var x, const Axes& axes, bool keep = false);  // right with zeros; 1 of none
Var cumsum(Var x, std::size_t axis);

// ---- softmax.cpp ----

// log Σ eˣ. It is −∞ if all elements are −∞ or there are none, ∞ if one is ∞; the slope is NaN there.
Var logsumexp(Var x, const Axes& axes, bool keep = false);
Var softmax(Var x, std::size_t axis);
Var log_softmax(Var x, std::size_t axis);

// ---- shape.cpp ----

Var reshape(Var x, const Shape& shape);
// x[…, first:last:step, …]; a negative bound counts from the end. std::invalid_argument outside the axis.
Var slice(Var x, std::size_t axis, std::ptrdiff_t first, std::ptrdiff_t last, std::ptrdiff_t step = 1);
// Its adjoint: zeros of this shape with x at […, first:…, …].
Var embed(Var x, const Shape& shape, std::size_t axis, std::size_t first);
Var pad(Var x, std::size_t axis, std::size_t before, std::size_t after);  // zeros before and after
Var expand_dims(Var x, std::size_t axis);                                 // a new axis of length 1
Var squeeze(Var x, std::size_t axis);                                     // without this axis of length 1
Var stack(const std::vector<Var>& xs, std::size_t axis = 0);              // along a new axis
Var concat(const std::vector<Var>& xs, std::size_t axis);

// ---- permute.cpp ----

Var permute(Var x, const Axes& axes);  // axis i of the result is axis axes[i] of x
Var transpose(Var x);                  // its last two axes exchanged: […,M,N] -> […,N,M]

// ---- indices.cpp ----

Var take(Var x, const std::vector<std::size_t>& indices, std::size_t axis = 0);  // x[…, indices, …]
// Its adjoint: zeros of this shape with x added at […, indices, …].
Var scatter_add(Var x, const Shape& shape, const std::vector<std::size_t>& indices, std::size_t axis = 0);
Var flip(Var x, std::size_t axis);
Var diagonal(Var x);  // […,N,N] -> […,N]
Var diag(Var x);      // its adjoint: […,N] -> […,N,N], zeros beside the diagonal
Var trace(Var x);     // Σ of the diagonal: […,N,N] -> […]

// ---- product.cpp ----

// op(a) op(b), op transposing where told.  a: [M,K]  b: [K,N]  ->  [M,N].   Of stacks […,M,K] and […,K,N],
// matrix by matrix, the leading axes broadcasting.
Var matmul(Var a, Var b, bool transpose_a = false, bool transpose_b = false);

// y = xWᵀ + b.  x: [B,D]  W: [H,D]  b: [H]  ->  [B,H]
Var affine(Var x, Var W, Var b);

// ---- linalg.cpp ----
// Of one matrix [N,N] or of each in a stack […,N,N]. A is symmetric: its lower triangle is read, and its
// adjoint is symmetric.

Var cholesky(Var A);  // L, lower, with LLᵀ = A; std::domain_error if A is not positive-definite
// L⁻¹b, or L⁻ᵀb if `transpose`; of L only the lower triangle is read.  b: […,N,M]
Var solve_triangular(Var L, Var b, bool transpose = false);
Var logdet(Var A);   // log |A|, of a positive-definite A: […,N,N] -> […]
Var inverse(Var A);  // A⁻¹, of a positive-definite A

// ---- convolution.cpp ----

// How a kernel moves: `stride` pixels at a time, over images with `padding` zeros on each side. The channels
// are `groups` convolutions side by side: as many as there are channels is a depthwise convolution.
struct Convolution {
  std::size_t stride = 1, padding = 0, groups = 1;
};

// y = x ⋆ W.  x: [N,C,H,W]  W: [O,C/groups,KH,KW]  ->  [N,O,OH,OW], OH = (H + 2 padding − KH) / stride + 1
// rounded down
Var conv2d(Var x, Var W, Convolution how = {});
// Its adjoints in x and in W, which have this shape.
Var conv2d_input(Var y, Var W, const Shape& shape, Convolution how = {});
Var conv2d_weight(Var y, Var x, const Shape& shape, Convolution how = {});

// conv2d_input by its name in networks.  x: [N,C,H,W]  W: [C,O/groups,KH,KW]  ->  [N,O,OH,OW],
// OH = (H − 1) stride − 2 padding + KH + output_padding; output_padding < stride says which of the sizes that
// conv2d takes to H
Var conv_transpose2d(Var x, Var W, Convolution how = {}, std::size_t output_padding = 0);

// ---- resample.cpp ----

// Each pixel becomes a square of its copies: [N,C,H,W] -> [N,C,factor·H,factor·W]
Var upsample_nearest2d(Var x, std::size_t factor);
// Its adjoint: sums over squares. std::invalid_argument unless they tile x.
Var sum_pool2d(Var x, std::size_t factor);
Var avg_pool2d(Var x, std::size_t factor);  // means over squares

}  // namespace autograd
