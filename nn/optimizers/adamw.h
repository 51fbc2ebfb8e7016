// AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2): Adam with a weight decay that is not part
// of the gradient.
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// θ ← θ − αλθ
// m ← β₁m + (1 − β₁)g          m̂ = m / (1 − β₁ᵗ)
// v ← β₂v + (1 − β₂)g²         v̂ = v / (1 − β₂ᵗ)
// θ ← θ − α m̂ / (√v̂ + ε)
//
// The paper's decay is ηλθ, where η is the factor of the schedule: its λ is αλ here.
class AdamW : public Optimizer {
 public:
  explicit AdamW(NamedParameters parameters, double alpha = 1e-3)
      : Optimizer(std::move(parameters), alpha, {"adamw.m", "adamw.v"}) {}

  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, lambda = 1e-2;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
