// The expectation of renyi_bound with K = 2 of a model with one latent, exactly and differentiable: the
// trapezoidal rule over the noise (ε₁, ε₂) of the two samples, which for such integrands is exact to
// rounding.
#pragma once

#include <cmath>

#include "autograd/ops.h"
#include "vae/descent.h"

// x: [B,D]  ->  [B]
inline autograd::Var expected_renyi_of_two(const vae::Model& model, autograd::Var x, double alpha) {
  using namespace autograd;
  // z at n points of the noise, and log w there.  [n·B,1]  [n,B]
  const std::size_t n = 81, B = x.rows();
  const double h = 0.2;
  Array epsilon = empty({n * B, 1}), weight = empty({n, n, 1});
  const auto point = [&](std::size_t i) { return h * (double(i) - double(n / 2)); };
  const auto mass = [&](std::size_t i) {
    return h * std::exp(-point(i) * point(i) / 2) / std::sqrt(2 * M_PI);
  };
  for (std::size_t r = 0; r < n * B; ++r) epsilon(r, 0) = point(r / B);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) weight(i, j, 0) = mass(i) * mass(j);
  const nn::Density q = posterior(model, {}, x, n);
  const Var z = q->mean() + sqrt(q->variance()) * constant(epsilon);
  const Var log_w = reshape(vae::log_joint(model, x, {z}) - vae::log_posterior(model, x, {z}), {n, B});

  // Σ_ij mass_i mass_j 1/(1−α) log ½ (w_i^(1−α) + w_j^(1−α))
  const Var a = (1 - alpha) * log_w, zero = constant(zeros({n, n, B}));
  const Var first = reshape(a, {n, 1, B}) + zero, second = reshape(a, {1, n, B}) + zero;
  const Var bound = (logsumexp(stack({first, second}), {0}) - std::log(2.0)) / (1 - alpha);
  return sum(constant(weight) * bound, {0, 1});
}
