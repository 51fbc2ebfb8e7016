// The convention that all distributions share. The first axis counts the data of a batch, all other axes are
// the event of one datum. `log_prob`, `entropy` and `kl` sum over the event and return [B], in nats per
// datum; `mean`, `variance` and `cdf` keep the shape [B,…]. A value must have the shape of the parameters:
// nothing is broadcast silently (std::invalid_argument names both shapes). Outside the support the density is
// 0, so `log_prob` is −∞.
//
// Parameters that may be any number (mu, log_scale, logits) are not checked; those that must be positive are,
// and NaN and infinity are rejected.
#pragma once

#include <limits>

#include "autograd/random.h"
#include "autograd/tape.h"

namespace nn {

using namespace autograd;

constexpr Real infinity = std::numeric_limits<Real>::infinity();
constexpr Real log_2pi = 1.8378770664093453;

// A distribution whose samples are a differentiable function of its parameters and of noise.
struct Reparameterized {
  virtual Var rsample(const Stream& stream) const = 0;  // differentiable in the parameters   [B,…]
  Array sample(const Stream& stream) const;             // the same numbers without a gradient   [B,…]
};

// x: [B,…]  ->  [B]
Var sum_event(Var x);

// The index of the last axis. x has at least one.
std::size_t last_axis(Var x);

// Repeats x along a new last axis of length n.  x: [B,…]  ->  [B,…,n]
Var spread_last(Var x, std::size_t n);

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

// ---- supports ---------------------------------------------------------------------------------------------

// f where low ≤ x ≤ high, −∞ elsewhere. f must be finite elsewhere too, or its slope there is NaN.
Var within(Var x, Operand low, Operand high, Var f);

// f where the numbers along the last axis of x are at least 0 and sum to one, within rounding; −∞ elsewhere.
// x: [B,…,K]  f: [B,…]  ->  [B,…]
Var on_simplex(Var x, Var f);

}  // namespace nn
