// What the formulas of the distributions share: sums over the event, checks of shapes and parameters,
// supports. The convention behind them: distribution.h.
#pragma once

#include <limits>

#include "nn/distributions/distribution.h"

namespace nn {

constexpr Real log_2pi = 1.8378770664093453;
constexpr Real widest_log = sizeof(Real) == 4 ? 170 : 1400;  // e^±½widest_log is neither 0 nor ∞

// x: [B,…]  ->  [B]
Var sum_event(Var x);

// The index of the last axis. x has at least one.
std::size_t last_axis(Var x);

// Repeats x along a new last axis of length n.  x: [B,…]  ->  [B,…,n]
Var spread_last(Var x, std::size_t n);

// d eˢ, by two factors e^½s, so that 0 stays 0 where eˢ is ∞. |s| is at most widest_log.
Var scaled(Var d, Var s);

// x log p, where 0 log 0 is 0
Var times_log(Var x, Var log_p);

// Σ q log q/p of outcomes with these log-probabilities, as the sum of the terms q (log q − log p) − q + p,
// none of which is below 0: near q = p they are computed as q (eᵘ − 1 − u), u = log p − log q. Where q and p
// differ by less than the rounding of their logarithms (in float about 1e-7), the digits are lost, but not
// the sign. One term for each element, to be summed.   [B,…]
Var kl_terms(Var log_q, Var log_p);

// ---- checks -----------------------------------------------------------------------------------------------

// std::invalid_argument "[what] the value is … but the parameters are …" unless both shapes are equal and
// have a first axis.
void check_event(const char* what, const Shape& value, const Shape& parameters);

// std::invalid_argument "[distribution] mu is … but log_var is …" unless both shapes are equal and have a
// first axis.
void check_parameters(const char* distribution, const char* name, const Shape& a, const char* other_name,
                      const Shape& b);

// std::invalid_argument naming the distribution unless the logits have a first axis, and a last axis of at
// least one class.
void check_classes(const char* distribution, const Shape& logits);

// std::domain_error naming the distribution, the parameter and the element unless every x is positive and
// finite.
void check_positive(const char* distribution, const char* parameter, const Array& x);

// The same if an |x| is larger than `most`; NaN is let through. By default, if one is infinite.
void check_size(const char* distribution, const char* parameter, const Array& x,
                Real most = std::numeric_limits<Real>::max());

// std::domain_error naming what is computed if an element of both is the same infinity, so that their
// difference would be NaN.
void check_difference(const char* what, const Array& a, const Array& b);

// The same as check_size unless logits along the last axis stand for probabilities: −∞ for 0 is possible, but
// not ∞, nor −∞ for all.
void check_logits(const char* distribution, const Array& logits);

// ---- mixtures of elements ---------------------------------------------------------------------------------
// Each element chooses one of K components.  logits: [B,…,K]

// std::invalid_argument naming the mixture and its parameters unless all three have one shape with both axes
// and K > 0; std::domain_error for logits that are none (check_logits).
void check_components(const char* mixture, Var logits, const char* a_name, Var a, const char* b_name, Var b);

Shape without_last_axis(const Shape& shape);

// Of draws from all components, those of the components that are chosen.  all: [B,…,K]  ->  [B,…]
Array choose_components(Var logits, const Array& all, const Stream& stream);

// ---- supports ---------------------------------------------------------------------------------------------

// f where low ≤ x ≤ high, −∞ elsewhere. f must be finite elsewhere too, or its slope there is NaN.
Var within(Var x, Operand low, Operand high, Var f);

// f where the numbers along the last axis of x are at least 0 and sum to one, within rounding; −∞ elsewhere.
// x: [B,…,K]  f: [B,…]  ->  [B,…]
Var on_simplex(Var x, Var f);

}  // namespace nn
