// Stochastic gradient descent, plain and with momentum. PyTorch's SGD is the three of them.
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// θ ← θ − α g                  Robbins & Monro 1951
class SGD : public Optimizer {
 public:
  SGD(NamedParameters parameters, double alpha, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double lambda_;
};

// g ← g + λθ
// b ← μb + g
// θ ← θ − α b                  Polyak 1964, the heavy ball
//
// Sutskever et al. 2013, eq. 1–2, keep −αb instead of b: the same while α is constant; here a new α counts at
// once.
class Momentum : public Optimizer {
 public:
  Momentum(NamedParameters parameters, double alpha, double mu = 0.9, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double mu_, lambda_;
};

// g ← g + λθ
// b ← μb + g
// θ ← θ − α (g + μb)           Nesterov 1983
//
// Sutskever et al. 2013, eq. 3–4, take the gradient ahead, at θ − αμb: here θ itself is the point ahead.
class Nesterov : public Optimizer {
 public:
  Nesterov(NamedParameters parameters, double alpha, double mu = 0.9, double lambda = 0);

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;

  double mu_, lambda_;
};

}  // namespace nn
