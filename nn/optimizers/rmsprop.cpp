#include "nn/optimizers/rmsprop.h"

#include <algorithm>
#include <cmath>

namespace nn {

RMSProp::RMSProp(NamedParameters parameters, double alpha, double beta, double epsilon, double lambda)
    : Optimizer(std::move(parameters), alpha, {"rmsprop.v"}),
      beta_(beta),
      epsilon_(epsilon),
      lambda_(lambda) {}

void RMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                     Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  const Real alpha = Real(this->alpha), beta = Real(beta_), rest = Real(1 - beta_), epsilon = Real(epsilon_),
             lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    v[i] = beta * v[i] + rest * g * g;
    theta[i] -= alpha * (g / (std::sqrt(v[i]) + epsilon));
  }
}

MomentumRMSProp::MomentumRMSProp(NamedParameters parameters, double alpha, double beta, double epsilon,
                                 double mu, double lambda)
    : Optimizer(std::move(parameters), alpha, {"rmsprop.v", "rmsprop.b"}),
      beta_(beta),
      epsilon_(epsilon),
      mu_(mu),
      lambda_(lambda) {}

void MomentumRMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                             Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  Real* __restrict b = state[1];
  const Real alpha = Real(this->alpha), beta = Real(beta_), rest = Real(1 - beta_), epsilon = Real(epsilon_),
             mu = Real(mu_), lambda = Real(lambda_);
  for (std::size_t i = 0; i < n; ++i) {
    const Real g = clip(gradient[i]) + lambda * theta[i];
    v[i] = beta * v[i] + rest * g * g;
    b[i] = mu * b[i] + g / (std::sqrt(v[i]) + epsilon);
    theta[i] -= alpha * b[i];
  }
}

CentredRMSProp::CentredRMSProp(NamedParameters parameters, double alpha, double beta, double epsilon,
                               double mu, double lambda)
    : Optimizer(std::move(parameters), alpha, {"rmsprop.v", "rmsprop.m", "rmsprop.b"}),
      beta_(beta),
      epsilon_(epsilon),
      mu_(mu),
      lambda_(lambda) {}

void CentredRMSProp::update(std::size_t n, const Real* __restrict gradient, Real* __restrict theta,
                            Real* const* state, const Clip& clip) const {
  Real* __restrict v = state[0];
  Real* __restrict m = state[1];
  Real* __restrict b = state[2];
  const Real alpha = Real(this->alpha), beta = Real(beta_), rest = Real(1 - beta_), epsilon = Real(epsilon_),
             mu = Real(mu_), lambda = Real(lambda_);
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
