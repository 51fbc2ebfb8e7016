// Algorithm 1 of Kingma & Ba, in one pass over the numbers of a parameter.
#include "nn/optimizers/adam.h"

#include <cmath>

namespace nn {

void Adam::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta, Real* const* state,
                  const Clip& clip) const {
  Real* __restrict m = state[0];
  Real* __restrict v = state[1];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon), lambda = Real(this->lambda);
  const Real beta1 = Real(this->beta1),
             one_minus_beta1 = Real(1 - this->beta1);  // 1 − β in double: β may be close to 1
  const Real beta2 = Real(this->beta2), one_minus_beta2 = Real(1 - this->beta2);
  const Real correction1 = Real(1 / (1 - std::pow(this->beta1, double(steps))));
  const Real correction2 = Real(1 / (1 - std::pow(this->beta2, double(steps))));

  // One pass, which the compiler vectorizes. The arrays are usually larger than the cache, so each is read
  // and written once.
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    m[i] = beta1 * m[i] + one_minus_beta1 * g;
    v[i] = beta2 * v[i] + one_minus_beta2 * g * g;
    theta[i] -= alpha * (m[i] * correction1) / (std::sqrt(v[i] * correction2) + epsilon);
  }
}

}  // namespace nn
