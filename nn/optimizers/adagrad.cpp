// Adagrad: one loop over the numbers of a parameter.
#include "nn/optimizers/adagrad.h"

#include <cmath>

namespace nn {

void Adagrad::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                     Real* const* state, const Clip& clip) const {
  Real* __restrict s = state[0];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    s[i] += g * g;
    theta[i] -= alpha * g / (std::sqrt(s[i]) + epsilon);
  }
}

}  // namespace nn
