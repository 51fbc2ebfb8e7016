// Adagrad (Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
// optimization", the diagonal case of figure 1).
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// s ← s + g²
// θ ← θ − α g / (√s + ε)
//
// The paper writes η for α and δ for ε, and projects θ onto a convex set, for which there is no need here.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(NamedParameters parameters, double alpha = 1e-2, double epsilon = 1e-10,
                   double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double epsilon_, lambda_;
};

}  // namespace nn
