// Limits to a gradient: how far one batch may move the weights.
//
//     by norm    g ← g min(1, c / (‖g‖ + 10⁻⁶)),  ‖g‖ over all parameters together
//     by value   g ← min(max(g, −c), c),  each number for itself
//
// The first is algorithm 1 of Pascanu, Mikolov & Bengio 2013 (arXiv 1211.5063). Both are PyTorch's
// clip_grad_norm_ and clip_grad_value_, but no gradient is rewritten: an optimizer sees each number through a
// Clip.
#pragma once

#include <algorithm>
#include <limits>

#include "nn/parameters.h"

namespace nn {

// What is done to each number of a gradient: scaled, then limited. NaN stays NaN.
struct Clip {
  Real operator()(Real g) const { return std::min(std::max(scale * g, -limit), limit); }

  Real scale = 1;
  Real limit = std::numeric_limits<Real>::infinity();
};

// ‖g‖ = √Σ g² over all parameters, summed in double. Infinite or NaN only if a gradient is.
double gradient_norm(const NamedParameters& parameters, const Gradients& gradients);

// The scale that clips a gradient of this norm to `max_norm`. PyTorch would scale one whose norm is infinite
// to 0 and NaN; here it is a std::domain_error, and so is NaN.
Real scale_to_norm(double norm, double max_norm);

}  // namespace nn
