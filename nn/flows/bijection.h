// What the steps of a flow (flow.h) share. Each is a bijection y = f(z) of the rows of an array, which also
// says how it stretches volume:
//
//     log p(y) = log p(z) − log |det ∂f/∂z|
//
// Each has `forward(z)`, `inverse(y)` and, like a layer, `visit`. Inputs that are not [B,D] with its D throw
// std::invalid_argument. The steps are in elementwise.h, coupling.h and autoregressive.h.
#pragma once

#include "nn/distributions/event.h"
#include "nn/parameters.h"

namespace nn {

// f(z) and log |det ∂f/∂z|; of an inverse, z and log |det ∂z/∂y|.
struct ValueAndLogDet {
  Var value;    // [B,D]
  Var log_det;  // [B]
};

// std::invalid_argument "[affine_flow] z is [2,3], not [B,4]" unless z is [B,D].
void check_rows(const char* flow, const Shape& z, std::size_t D);

}  // namespace nn
