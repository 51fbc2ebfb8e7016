// RMSProp (Tieleman & Hinton 2012, Neural networks for machine learning, lecture 6e), with momentum, and with
// the mean taken off the mean square (Graves 2013, arXiv 1308.0850, eq. 38–41). PyTorch's RMSprop is the
// three of them.
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
  explicit RMSProp(NamedParameters parameters, double alpha = 1e-2, double beta = 0.99, double epsilon = 1e-8,
                   double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double beta_, epsilon_, lambda_;
};

// g ← g + λθ
// v ← βv + (1 − β)g²
// b ← μb + g / (√v + ε)
// θ ← θ − αb
class MomentumRMSProp : public Optimizer {
 public:
  explicit MomentumRMSProp(NamedParameters parameters, double alpha = 1e-2, double beta = 0.99,
                           double epsilon = 1e-8, double mu = 0.9, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double beta_, epsilon_, mu_, lambda_;
};

// g ← g + λθ
// v ← βv + (1 − β)g²
// m ← βm + (1 − β)g
// b ← μb + g / (√(v − m²) + ε)
// θ ← θ − αb
//
// Graves has β = 0.95, μ = 0.9, and ε = 10⁻⁴ inside the root, and keeps −αb instead of b. A variance that
// rounding leaves below 0 is 0.
class CentredRMSProp : public Optimizer {
 public:
  explicit CentredRMSProp(NamedParameters parameters, double alpha = 1e-2, double beta = 0.99,
                          double epsilon = 1e-8, double mu = 0, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double beta_, epsilon_, mu_, lambda_;
};

}  // namespace nn
