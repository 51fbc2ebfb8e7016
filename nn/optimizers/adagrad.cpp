#include "nn/optimizers/adagrad.h"

#include <cmath>

namespace nn {

Adagrad::Adagrad(NamedParameters parameters, double alpha, double epsilon, double lambda)
    : Optimizer(std::move(parameters), alpha, {"adagrad.s"}), epsilon_(epsilon), lambda_(lambda) {}

void Adagrad::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                     Real* const* state, const Clip& clip) const {
  Real* __restrict s = state[0];
  const Real alpha = Real(this->alpha), epsilon = Real(epsilon_), lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    s[i] += g * g;
    theta[i] -= alpha * g / (std::sqrt(s[i]) + epsilon);
  }
}

}  // namespace nn
