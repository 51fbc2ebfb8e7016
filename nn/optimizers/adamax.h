// Adamax (Kingma & Ba 2014, arXiv 1412.6980, algorithm 2): Adam with the largest gradient so far, slowly
// forgotten, in place of the root mean square.
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
  explicit Adamax(NamedParameters parameters, double alpha = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
                  double epsilon = 1e-8, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double beta1_, beta2_, epsilon_, lambda_;
};

}  // namespace nn
