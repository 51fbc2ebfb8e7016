// Stochastic gradient descent, plain and with momentum. PyTorch's SGD is all three of them.
#pragma once

#include "nn/optimizers/optimizer.h"

namespace nn {

// g ← g + λθ
// θ ← θ − α g                  Robbins & Monro 1951
class SGD : public Optimizer {
 public:
  SGD(NamedParameters parameters, double alpha) : Optimizer(std::move(parameters), alpha) {}

  double lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

// g ← g + λθ
// b ← μb + g
// θ ← θ − α b                  Polyak 1964, the heavy ball
//
// Sutskever et al. 2013, eq. 1–2, keep −αb instead of b. That is the same while α is constant; here a new α
// applies to all of b at once.
class Momentum : public Optimizer {
 public:
  Momentum(NamedParameters parameters, double alpha)
      : Optimizer(std::move(parameters), alpha, {"momentum.b"}) {}

  double mu = 0.9, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

// g ← g + λθ
// b ← μb + g
// θ ← θ − α (g + μb)           Nesterov 1983
//
// Sutskever et al. 2013, eq. 3–4, take the gradient at θ − αμb, ahead of θ; here θ itself is the point ahead.
class Nesterov : public Optimizer {
 public:
  Nesterov(NamedParameters parameters, double alpha)
      : Optimizer(std::move(parameters), alpha, {"nesterov.b"}) {}

  double mu = 0.9, lambda = 0;

 private:
  void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
              const Clip& clip) const override;
};

}  // namespace nn
