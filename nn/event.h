// One convention for all distributions: the first axis counts the data, all others are the event. `log_prob`, `entropy` and `kl`
// sum over the event and return [B], in nats per datum. A value must have the shape of its parameters; nothing broadcasts
// silently.
#pragma once

#include "autograd/tape.h"

namespace nn {

using namespace autograd;

// x: [B,…]  ->  [B]
Var sum_event(Var x);

// std::invalid_argument naming `what` and both shapes unless they are equal and have a first axis.
void check_event(const char* what, const Shape& value, const Shape& parameters);

}  // namespace nn
