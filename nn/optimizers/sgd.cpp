#include "nn/optimizers/sgd.h"

namespace nn {

SGD::SGD(NamedParameters parameters, double alpha, double lambda)
    : Optimizer(std::move(parameters), alpha), lambda_(lambda) {}

void SGD::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta, Real* const*,
                 const Clip& clip) const {
  const Real alpha = Real(this->alpha), lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    theta[i] -= alpha * g;
  }
}

Momentum::Momentum(NamedParameters parameters, double alpha, double mu, double lambda)
    : Optimizer(std::move(parameters), alpha, {"momentum.b"}), mu_(mu), lambda_(lambda) {}

void Momentum::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                      Real* const* state, const Clip& clip) const {
  Real* __restrict b = state[0];
  const Real alpha = Real(this->alpha), mu = Real(mu_), lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    b[i] = mu * b[i] + g;
    theta[i] -= alpha * b[i];
  }
}

Nesterov::Nesterov(NamedParameters parameters, double alpha, double mu, double lambda)
    : Optimizer(std::move(parameters), alpha, {"nesterov.b"}), mu_(mu), lambda_(lambda) {}

void Nesterov::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                      Real* const* state, const Clip& clip) const {
  Real* __restrict b = state[0];
  const Real alpha = Real(this->alpha), mu = Real(mu_), lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    b[i] = mu * b[i] + g;
    theta[i] -= alpha * (g + mu * b[i]);
  }
}

}  // namespace nn
