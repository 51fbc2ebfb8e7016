// Adam (Kingma & Ba 2014, arXiv 1412.6980, algorithm 1).
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// m ← β₁m + (1 − β₁)g          m̂ = m / (1 − β₁ᵗ)
// v ← β₂v + (1 − β₂)g²         v̂ = v / (1 − β₂ᵗ)
// θ ← θ − α m̂ / (√v̂ + ε)
//
// The paper has no λ. Burda et al. 2016 train with ε = 10⁻⁴ and gradients that are sums over batches of 20;
// with gradients of means, as here, this is ε = 5·10⁻⁶.
class Adam : public Optimizer {
 public:
  explicit Adam(NamedParameters parameters, double alpha = 1e-3)
      : Optimizer(std::move(parameters), alpha, {"adam.m", "adam.v"}) {}

  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
