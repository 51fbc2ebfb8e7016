// Adagrad (Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
// optimization", figure 1 with a diagonal matrix).
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// s ← s + g²
// θ ← θ − α g / (√s + ε)
//
// The paper writes η for α and δ for ε, and projects θ onto a convex set, which is not needed here.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(NamedParameters parameters, double alpha = 1e-2)
      : Optimizer(std::move(parameters), alpha, {"adagrad.s"}) {}

  double epsilon = 1e-10, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
