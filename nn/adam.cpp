// Algorithm 1 of Kingma & Ba, in one pass over the parameters.
#include "nn/adam.h"

#include <cmath>

namespace nn {

Adam::Adam(NamedParameters parameters, double alpha, double beta1, double beta2, double epsilon)
    : parameters_(std::move(parameters)), alpha_(alpha), beta1_(beta1), beta2_(beta2), epsilon_(epsilon) {
  for (const auto& [name, parameter] : parameters_) {
    m_.push_back(zeros(parameter->shape()));
    v_.push_back(zeros(parameter->shape()));
  }
}

void Adam::step(const Gradients& gradients) {
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    check_shapes(parameters_[k].first, *parameters_[k].second, gradients[*parameters_[k].second], m_[k]);

  const double t = double(++steps);
  const Real beta1 = Real(beta1_), beta2 = Real(beta2_), epsilon = Real(epsilon_), alpha = Real(alpha_);
  const Real unbias1 = Real(1 / (1 - std::pow(beta1_, t))), unbias2 = Real(1 / (1 - std::pow(beta2_, t)));

  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Array& gradient = gradients[*parameters_[k].second];
    const Real* __restrict g = gradient.data();
    Real* __restrict theta = parameters_[k].second->update().data();
    Real* __restrict m = m_[k].data();
    Real* __restrict v = v_[k].data();
    // One pass, which the compiler vectorises: the arrays are larger than the cache, so each is read and written once.
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      theta[i] -= alpha * (m[i] * unbias1) / (std::sqrt(v[i] * unbias2) + epsilon);
    }
  }
}

void Adam::visit_state(const StateVisitor& visitor) {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    visitor("adam.m." + parameters_[k].first, m_[k]);
    visitor("adam.v." + parameters_[k].first, v_[k]);
  }
}

}  // namespace nn
