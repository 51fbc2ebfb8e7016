// Algorithm 1 of Kingma & Ba, in one pass over the parameters.
#include "nn/optimizers/adam.h"

#include <cmath>

namespace nn {

Adam::Adam(NamedParameters parameters, double alpha, double beta1, double beta2, double epsilon,
           double lambda)
    : Optimizer(std::move(parameters), alpha, {"adam.m", "adam.v"}),
      beta1_(beta1),
      beta2_(beta2),
      epsilon_(epsilon),
      lambda_(lambda) {}

void Adam::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta, Real* const* state,
                  const Clip& clip) const {
  Real* __restrict m = state[0];
  Real* __restrict v = state[1];
  const double t = double(steps);
  const Real alpha = Real(this->alpha), beta1 = Real(beta1_), beta2 = Real(beta2_), epsilon = Real(epsilon_),
             lambda = Real(lambda_);
  const Real rest1 = Real(1 - beta1_), rest2 = Real(1 - beta2_);  // before rounding: β may be close to 1
  const Real unbias1 = Real(1 / (1 - std::pow(beta1_, t))), unbias2 = Real(1 / (1 - std::pow(beta2_, t)));

  // One pass, which the compiler vectorises: the arrays are larger than the cache, so each is read and
  // written once.
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    m[i] = beta1 * m[i] + rest1 * g;
    v[i] = beta2 * v[i] + rest2 * g * g;
    theta[i] -= alpha * (m[i] * unbias1) / (std::sqrt(v[i] * unbias2) + epsilon);
  }
}

}  // namespace nn
