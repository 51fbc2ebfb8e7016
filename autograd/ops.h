// The operations: the manual. Each line says what is computed; the source named above it has the value with
// its gradient under it. Operands are Vars, Parameters or plain numbers, and broadcast as in NumPy. Every
// operation throws std::invalid_argument naming itself and the shapes when they do not fit, and every
// gradient can be differentiated again. An axis may be negative: −1 is the last.
#pragma once

#include <functional>
#include <vector>

#include "autograd/backward.h"
#include "autograd/grad.h"
#include "autograd/print.h"

namespace autograd {

// ---- elementwise.cpp --------------------------------------------------------------------------------------

Var operator+(Operand a, Operand b);
Var operator-(Operand a, Operand b);
Var operator*(Operand a, Operand b);
Var operator/(Operand a, Operand b);
Var operator-(Var x);
inline Var& operator+=(Var& a, Operand b) { return a = a + b; }
inline Var& operator-=(Var& a, Operand b) { return a = a - b; }
inline Var& operator*=(Var& a, Operand b) { return a = a * b; }
inline Var& operator/=(Var& a, Operand b) { return a = a / b; }

Var pow(Operand a, Operand b);  // aᵇ; NaN for a < 0 unless b is whole
Var abs(Var x);                 // slope 0 at 0
Var reciprocal(Var x);
Var square(Var x);
Var sqrt(Var x);        // slope ∞ at 0; but where(x > 0, sqrt(x), 0) has slope 0 there
Var exp(Var x);         // ∞ above 709.78 and 0 below −745.1; in float 88.72 and −103.9
Var expm1(Var x);       // eˣ − 1, exact near 0
Var exp_excess(Var x);  // eˣ − 1 − x ≥ 0, what eˣ exceeds its tangent at 0 by: exact near 0
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
// a where c > 0, else b. An infinite slope on the side that is not taken gives NaN.
Var where(Operand c, Operand a, Operand b);
Var maximum(Operand a, Operand b);      // ties share the slope; NaN if either is NaN
Var minimum(Operand a, Operand b);      // the same
Var clamp(Var x, Real low, Real high);  // slope 1 inside and at the bounds, 0 outside; NaN stays NaN
// The same value for a parameter that must stay trainable. Outside, what is passed on of a gradient is what
// moves x back inside when the loss is descended: x̄ = max(ȳ, 0) above `high`, min(ȳ, 0) below `low`.
Var clamp_leading_back(Var x, Real low, Real high);

// log p(x) of a Bernoulli distribution with these logits, elementwise:
// x·l − softplus(l)  =  x log σ(l) + (1−x) log(1−σ(l)),  and −∞ unless 0 ≤ x ≤ 1.  Logits of ±∞ are
// probabilities of 0 and 1.
Var bernoulli_log_prob(Operand x, Operand logits);

Var stop_gradient(Var x);  // x, without a gradient

// ---- checkpoint.cpp ---------------------------------------------------------------------------------------

// f(), without the values in between: `backward` calls f again. Capture by value what does not outlive the
// step (Vars); draws must come from a Stream, so that they are the same again. f must not call `grad`: the
// first time, nothing is recorded. std::logic_error in the reverse pass if f then gives another shape, or
// uses a Var or a parameter that it did not use before.
Var checkpoint(const std::function<Var()>& f);

// An operation of your own, from a value and a rule: `custom`, in custom.h.

// ---- error_function.cpp -----------------------------------------------------------------------------------

Var erf(Var x);
Var erfc(Var x);            // 1 − erf x, exact in the upper tail
Var log_normal_cdf(Var x);  // log Φ(x), exact in the lower tail, as are its slopes
Var gelu(Var x);            // x Φ(x)

// ---- truncated_exponential.cpp ----------------------------------------------------------------------------

// K⁽ⁿ⁾(x), n ≥ 0, of K(x) = log ∫₀¹ eˣᵗ dt = log((eˣ − 1) / x), the cumulant generating function of U(0, 1)
Var uniform_cumulant(int n, Var x);
// K(b) − K(a) − K'(a) (b − a) ≥ 0, exact for near a and b: the divergence of two densities ∝ eᵃᵗ and eᵇᵗ on
// [0, 1]
Var uniform_divergence(Operand a, Operand b);
// The quantile at u of the density ∝ eˡᵗ on [0, 1]: the z with ∫₀ᶻ eˡᵗ dt = u ∫₀¹ eˡᵗ dt, for u in [0, 1]
Var truncated_exponential_quantile(Operand u, Operand l);

// ---- broadcast.cpp ----------------------------------------------------------------------------------------

Var broadcast_to(Var x, const Shape& shape);  // repeats along axes of length 1 and along new leading axes
Var sum_to(Var x, const Shape& shape);        // its adjoint: sums them back to this shape

// ---- reductions.cpp ---------------------------------------------------------------------------------------
// Over all elements, to a scalar [], or over some axes, which stay with length 1 if `keep`.

Var sum(Var x);
Var sum(Var x, const Axes& axes, bool keep = false);
Var mean(Var x);
Var mean(Var x, const Axes& axes, bool keep = false);  // std::invalid_argument for means of no elements
Var max(Var x);
// Ties share the slope. NaN if an element is NaN; then all share it. std::invalid_argument for no elements.
Var max(Var x, const Axes& axes, bool keep = false);
Var min(Var x);
Var min(Var x, const Axes& axes, bool keep = false);  // the same
Var prod(Var x);
Var prod(Var x, const Axes& axes, bool keep = false);  // slopes are right where elements are 0; 1 for none
Var var(Var x);
// Σ (x − mean)² / (n − ddof), also where the mean is not a number that Real can hold
Var var(Var x, const Axes& axes, bool keep = false, std::size_t ddof = 0);
Var norm(Var x);
// √Σ x², also where x² is infinite or 0 in Real; slope 0 at 0
Var norm(Var x, const Axes& axes, bool keep = false);
// The index of the largest element, the first of equals; no gradient.
std::vector<std::size_t> argmax(const Array& x, std::size_t axis);

// ---- cumulative.cpp ---------------------------------------------------------------------------------------

Var cumsum(Var x, std::size_t axis);

// ---- softmax.cpp ------------------------------------------------------------------------------------------

// If the largest element is infinite, ∞ or −∞, those that equal it share the weight, and others have none.
// Slopes of softmax and log_softmax are right to a rounding of the largest ȳ along the axis.

// log Σ eˣ: −∞ if all elements are −∞ or there are none, ∞ if one is ∞; x̄ += ȳ softmax x
Var logsumexp(Var x, const Axes& axes, bool keep = false);
Var softmax(Var x, std::size_t axis);
Var log_softmax(Var x, std::size_t axis);

// ---- shape.cpp --------------------------------------------------------------------------------------------

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

// ---- permute.cpp ------------------------------------------------------------------------------------------

Var permute(Var x, const Axes& axes);  // axis i of the result is axis axes[i] of x
Var transpose(Var x);                  // its last two axes exchanged: […,M,N] -> […,N,M]

// ---- indices.cpp ------------------------------------------------------------------------------------------

Var take(Var x, const std::vector<std::size_t>& indices, std::size_t axis = 0);  // x[…, indices, …]
// Its adjoint: zeros of this shape with x added at […, indices, …].
Var scatter_add(Var x, const Shape& shape, const std::vector<std::size_t>& indices, std::size_t axis = 0);
Var flip(Var x, std::size_t axis);
Var diagonal(Var x);  // […,N,N] -> […,N]
Var diag(Var x);      // its adjoint: […,N] -> […,N,N], zeros beside the diagonal
Var trace(Var x);     // Σ of the diagonal: […,N,N] -> […]

// ---- product.cpp ------------------------------------------------------------------------------------------

// op(a) op(b), where op transposes if told.  a: [M,K]  b: [K,N]  ->  [M,N].  Of stacks […,M,K] and […,K,N],
// matrix by matrix; the leading axes broadcast.
Var matmul(Var a, Var b, bool transpose_a = false, bool transpose_b = false);

// y = xWᵀ + b.  x: [B,D]  W: [H,D]  b: [H]  ->  [B,H]
Var affine(Var x, Var W, Var b);

// ---- linalg.cpp -------------------------------------------------------------------------------------------
// Of one matrix [N,N] or of each in a stack […,N,N]. A is symmetric: its lower triangle is read, and its
// adjoint is symmetric.

Var cholesky(Var A);  // L, lower, with LLᵀ = A; std::domain_error if A is not positive-definite
// L⁻¹b, or L⁻ᵀb if `transpose`; only the lower triangle of L is read.  b: […,N,M]
Var solve_triangular(Var L, Var b, bool transpose = false);
Var logdet(Var A);   // log |A|, of a positive-definite A: […,N,N] -> […]
Var inverse(Var A);  // A⁻¹, of a positive-definite A

// ---- convolution.cpp --------------------------------------------------------------------------------------

// How a kernel moves: by `stride` pixels, over images with `padding` zeros on each side. The channels are
// divided into `groups`, each with its own convolution: with as many groups as channels, it is depthwise. Of
// each kernel [KH,KW] the first `taps` weights are used, row by row, and all if it has no more: the others
// count as 0, cost nothing and have no slope, as a kernel that must not see the pixels to come needs it.
struct Convolution {
  std::size_t stride = 1, padding = 0, groups = 1, taps = std::size_t(-1);
};

// y = x ⋆ W.  x: [N,C,H,W]  W: [O,C/groups,KH,KW]  ->  [N,O,OH,OW],
// OH = (H + 2 padding − KH) / stride + 1, rounded down
Var conv2d(Var x, Var W, Convolution how = {});
Var conv2d(Var x, Var W, Var b, Convolution how = {});  // + b, a number for each channel.  b: [O]
// Its adjoints in x and in W, which have this shape.
Var conv2d_input(Var y, Var W, const Shape& shape, Convolution how = {});
Var conv2d_weight(Var y, Var x, const Shape& shape, Convolution how = {});

// conv2d_input by its name in networks.  x: [N,C,H,W]  W: [C,O/groups,KH,KW]  ->  [N,O,OH,OW],
// OH = (H − 1) stride − 2 padding + KH + output_padding. conv2d takes `stride` sizes OH to the same H;
// output_padding < stride chooses one of them.
Var conv_transpose2d(Var x, Var W, Convolution how = {}, std::size_t output_padding = 0);

// ---- resample.cpp -----------------------------------------------------------------------------------------

// Each pixel becomes a square of its copies: [N,C,H,W] -> [N,C,factor·H,factor·W]
Var upsample_nearest2d(Var x, std::size_t factor);
// Its adjoint: sums over squares. std::invalid_argument unless they tile x.
Var sum_pool2d(Var x, std::size_t factor);
Var avg_pool2d(Var x, std::size_t factor);  // means over squares

}  // namespace autograd
