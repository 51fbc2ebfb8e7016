// RMSProp (Tieleman & Hinton 2012, Neural networks for machine learning, lecture 6e), with momentum, and with
// a running variance in place of the mean square (Graves 2013, arXiv 1308.0850, eq. 38–41). PyTorch's RMSprop
// is all three of them.
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// v ← βv + (1 − β)g²
// θ ← θ − α g / (√v + ε)
//
// The lecture has β = 0.9 and no ε.
class RMSProp : public Optimizer {
 public:
  explicit RMSProp(NamedParameters parameters, double alpha = 1e-2)
      : Optimizer(std::move(parameters), alpha, {"rmsprop.v"}) {}

  double beta = 0.99, epsilon = 1e-8, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

// g ← g + λθ
// v ← βv + (1 − β)g²
// b ← μb + g / (√v + ε)
// θ ← θ − αb
class MomentumRMSProp : public Optimizer {
 public:
  explicit MomentumRMSProp(NamedParameters parameters, double alpha = 1e-2)
      : Optimizer(std::move(parameters), alpha, {"rmsprop.v", "rmsprop.b"}) {}

  double beta = 0.99, epsilon = 1e-8, mu = 0.9, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

// g ← g + λθ
// v ← βv + (1 − β)g²
// m ← βm + (1 − β)g
// b ← μb + g / (√(v − m²) + ε)
// θ ← θ − αb
//
// Graves has β = 0.95, μ = 0.9, and ε = 10⁻⁴ inside the root, and keeps −αb instead of b. A variance that
// rounding makes negative counts as 0.
class CentredRMSProp : public Optimizer {
 public:
  explicit CentredRMSProp(NamedParameters parameters, double alpha = 1e-2)
      : Optimizer(std::move(parameters), alpha, {"rmsprop.v", "rmsprop.m", "rmsprop.b"}) {}

  double beta = 0.99, epsilon = 1e-8, mu = 0, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
