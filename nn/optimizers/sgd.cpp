// Stochastic gradient descent: three loops over the numbers of a parameter.
#include "nn/optimizers/sgd.h"

namespace nn {

void SGD::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta, Real* const*,
                 const Clip& clip) const {
  const Real alpha = Real(this->alpha), lambda = Real(this->lambda);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    theta[i] -= alpha * g;
  }
}

void Momentum::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                      Real* const* state, const Clip& clip) const {
  Real* __restrict b = state[0];
  const Real alpha = Real(this->alpha), mu = Real(this->mu), lambda = Real(this->lambda);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    b[i] = mu * b[i] + g;
    theta[i] -= alpha * b[i];
  }
}

void Nesterov::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                      Real* const* state, const Clip& clip) const {
  Real* __restrict b = state[0];
  const Real alpha = Real(this->alpha), mu = Real(this->mu), lambda = Real(this->lambda);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    b[i] = mu * b[i] + g;
    theta[i] -= alpha * (g + mu * b[i]);
  }
}

}  // namespace nn
