#include "nn/optimizers/adamax.h"

#include <algorithm>
#include <cmath>

namespace nn {

Adamax::Adamax(NamedParameters parameters, double alpha, double beta1, double beta2, double epsilon,
               double lambda)
    : Optimizer(std::move(parameters), alpha, {"adamax.m", "adamax.u"}),
      beta1_(beta1),
      beta2_(beta2),
      epsilon_(epsilon),
      lambda_(lambda) {}

void Adamax::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                    Real* const* state, const Clip& clip) const {
  Real* __restrict m = state[0];
  Real* __restrict u = state[1];
  const Real alpha = Real(this->alpha), beta1 = Real(beta1_), beta2 = Real(beta2_), epsilon = Real(epsilon_),
             lambda = Real(lambda_);
  const Real rest1 = Real(1 - beta1_);  // before rounding: β may be close to 1
  const Real unbias1 = Real(1 / (1 - std::pow(beta1_, double(steps))));
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    m[i] = beta1 * m[i] + rest1 * g;
    u[i] = std::max(beta2 * u[i], std::abs(g) + epsilon);
    theta[i] -= alpha * (m[i] * unbias1) / u[i];
  }
}

}  // namespace nn
