// A linear-Gaussian model whose q is the posterior, moved and widened a little, so that all moments of its
// weights are finite and no estimator is at its best case.
#pragma once

#include "vae/exact/linear_gaussian.h"

inline void move_posterior(vae::LinearGaussian& model, double shift, double widening) {
  model.visit_posterior([&](const std::string& name, autograd::Parameter& parameter) {
    autograd::Array& a = parameter.update();
    if (name.find("bias") != std::string::npos)
      for (std::size_t i = 0; i < a.size(); ++i) a.data()[i] += shift;
    if (name.find("factor") != std::string::npos)
      for (std::size_t i = 0; i < a.shape(0); ++i) (a.dimension() == 1 ? a(i) : a(i, i)) += widening;
  });
}

inline vae::LinearGaussian nearly_exact(std::size_t pixels, const std::vector<std::size_t>& latent) {
  vae::LinearGaussian model({pixels, latent, vae::Covariance::diagonal, vae::Covariance::full},
                            autograd::Stream());
  model.set_posterior_exact();
  move_posterior(model, 0.3, 0.2);
  return model;
}
