// Algorithm 2 of Kingma & Ba, in one pass over the numbers of a parameter.
#include "nn/optimizers/adamax.h"

#include <algorithm>
#include <cmath>

namespace nn {

void Adamax::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                    Real* const* state, const Clip& clip) const {
  Real* __restrict m = state[0];
  Real* __restrict u = state[1];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  const Real beta1 = Real(this->beta1),
             rest1 = Real(1 - this->beta1);  // 1 − β in double: β may be close to 1
  const Real beta2 = Real(this->beta2), unbias1 = Real(1 / (1 - std::pow(this->beta1, double(steps))));

  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    m[i] = beta1 * m[i] + rest1 * g;
    u[i] = std::max(beta2 * u[i], std::abs(g) + epsilon);
    theta[i] -= alpha * (m[i] * unbias1) / u[i];
  }
}

}  // namespace nn
