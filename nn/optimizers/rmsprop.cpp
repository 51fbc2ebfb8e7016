// RMSProp and its two variants: three loops over the numbers of a parameter.
#include "nn/optimizers/rmsprop.h"

#include <algorithm>
#include <cmath>

namespace nn {

void RMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                     Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  const Real beta = Real(this->beta), rest = Real(1 - this->beta);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    v[i] = beta * v[i] + rest * g * g;
    theta[i] -= alpha * (g / (std::sqrt(v[i]) + epsilon));
  }
}

void MomentumRMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                             Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  Real* __restrict b = state[1];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  const Real beta = Real(this->beta), rest = Real(1 - this->beta), mu = Real(this->mu);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    v[i] = beta * v[i] + rest * g * g;
    b[i] = mu * b[i] + g / (std::sqrt(v[i]) + epsilon);
    theta[i] -= alpha * b[i];
  }
}

void CentredRMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                            Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  Real* __restrict m = state[1];
  Real* __restrict b = state[2];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  const Real beta = Real(this->beta), rest = Real(1 - this->beta), mu = Real(this->mu);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    v[i] = beta * v[i] + rest * g * g;
    m[i] = beta * m[i] + rest * g;
    const Real variance = std::max(v[i] - m[i] * m[i], Real(0));
    b[i] = mu * b[i] + g / (std::sqrt(variance) + epsilon);
    theta[i] -= alpha * b[i];
  }
}

}  // namespace nn
