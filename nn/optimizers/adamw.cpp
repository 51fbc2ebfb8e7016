// AdamW, in one pass over the numbers of a parameter.
#include "nn/optimizers/adamw.h"

#include <cmath>

namespace nn {

void AdamW::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta, Real* const* state,
                   const Clip& clip) const {
  Real* __restrict m = state[0];
  Real* __restrict v = state[1];
  const Real alpha = Real(this->alpha), epsilon = Real(this->epsilon),
             decay = Real(this->alpha * this->lambda);
  const Real beta1 = Real(this->beta1),
             rest1 = Real(1 - this->beta1);  // 1 − β in double: β may be close to 1
  const Real beta2 = Real(this->beta2), rest2 = Real(1 - this->beta2);
  const Real unbias1 = Real(1 / (1 - std::pow(this->beta1, double(steps))));
  const Real unbias2 = Real(1 / (1 - std::pow(this->beta2, double(steps))));

  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]);
    m[i] = beta1 * m[i] + rest1 * g;
    v[i] = beta2 * v[i] + rest2 * g * g;
    theta[i] -= decay * theta[i] + alpha * (m[i] * unbias1) / (std::sqrt(v[i] * unbias2) + epsilon);
  }
}

}  // namespace nn
