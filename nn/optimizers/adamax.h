// Adamax (Kingma & Ba 2014, arXiv 1412.6980, algorithm 2): Adam with a decaying maximum of the gradient in
// place of its root mean square.
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// m ← β₁m + (1 − β₁)g          m̂ = m / (1 − β₁ᵗ)
// u ← max(β₂u, |g| + ε)
// θ ← θ − α m̂ / u
//
// The paper has neither λ nor ε.
class Adamax : public Optimizer {
 public:
  explicit Adamax(NamedParameters parameters, double alpha = 2e-3)
      : Optimizer(std::move(parameters), alpha, {"adamax.m", "adamax.u"}) {}

  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
