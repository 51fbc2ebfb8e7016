// One convention for all distributions: the first axis counts the data, all others are the event. `log_prob`,
// `entropy` and `kl` sum over the event and return [B], in nats per datum; `mean`, `variance` and `cdf` have
// the event's shape. A value must have the shape of its parameters; nothing broadcasts silently. Outside its
// support a density is 0, so its `log_prob` −∞.
//
// Parameters that may be any number (mu, log_scale, logits) are not looked at; one that must be positive is,
// and neither NaN nor infinity is.
#pragma once

#include "autograd/tape.h"

namespace nn {

using namespace autograd;

// x: [B,…]  ->  [B]
Var sum_event(Var x);

// std::invalid_argument naming `what` and both shapes unless they are equal and have a first axis.
void check_event(const char* what, const Shape& value, const Shape& parameters);

// std::domain_error naming the distribution and the parameter unless every x is
// positive and finite.
void check_positive(const char* distribution, const char* parameter, const Array& x);

// f where low ≤ x ≤ high, elsewhere −∞; so a log-density outside its support. f must be finite there, too, or
// its slope is NaN.
Var within(Var x, Operand low, Operand high, Var f);

// Adds a last axis of length n to x: [B,…] -> [B,…,n].
Var spread_last(Var x, std::size_t n);

// f where the numbers along the last axis of x are at least 0 and sum to one, within rounding; elsewhere −∞.
// x: [B,…,K]  f: [B,…]  ->  [B,…]
Var on_simplex(Var x, Var f);

}  // namespace nn
