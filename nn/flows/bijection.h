// What the steps of a flow (flow.h) share. A bijection moves z to y = f(z), one to one, and says how it
// stretches volume there:
//
//     log p(y) = log p(z) − log |det ∂f/∂z|
//
// Each has `forward(z)`, `inverse(y)` where there is a way back, and `visit`, like a layer. Read next:
// elementwise_flows.h, then coupling_flow.h, autoregressive_flow.h, planar_flow.h.
#pragma once

#include "nn/distributions/event.h"
#include "nn/parameters.h"

namespace nn {

// Where the rows of an array went, and how volume was stretched on the way: after `inverse`, log_det is log
// |det ∂z/∂y|.
struct Moved {
  Var to;       // [B,D]
  Var log_det;  // [B]
};

// std::invalid_argument "[planar_flow] z is [2,3], not [B,4]" unless it is.
void check_rows(const char* flow, const Shape& z, std::size_t D);

}  // namespace nn
