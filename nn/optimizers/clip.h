// Limits to a gradient, and so to how far one batch moves the weights.
//
//     by norm    g ← g min(1, c / (‖g‖ + 10⁻⁶)),  ‖g‖ over all parameters together
//     by value   g ← min(max(g, −c), c),  each number by itself
//
// The first is algorithm 1 of Pascanu, Mikolov & Bengio 2013 (arXiv 1211.5063). They are PyTorch's
// clip_grad_norm_ and clip_grad_value_, but gradients are not rewritten: the optimizer applies a Clip to each
// number that it reads.
#pragma once

#include <algorithm>
#include <limits>

#include "nn/parameters.h"

namespace nn {

// Scales a number of a gradient, then limits it. NaN stays NaN.
struct Clip {
  Real operator()(Real g) const { return std::min(std::max(scale * g, -limit), limit); }

  Real scale = 1;
  Real limit = std::numeric_limits<Real>::infinity();
};

// ‖g‖ = √Σ g² over all parameters, summed in double. Infinite or NaN only if a gradient is.
double gradient_norm(const NamedParameters& parameters, const Gradients& gradients);

// The scale that clips a gradient of this norm to `max_norm`. std::domain_error for a norm that is infinite
// or NaN. (PyTorch would scale to 0 and NaN.)
Real scale_to_norm(double norm, double max_norm);

}  // namespace nn
