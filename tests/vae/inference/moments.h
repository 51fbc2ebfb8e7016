// The posterior of a linear-Gaussian model by its moments: those of states of chains against those of exact
// draws. Each comparison rejects equal distributions with probability 1e-6.
#pragma once

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/copies_of_datum.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/inference/target.h"

// n draws of p(z|x), all levels side by side   [n,Z]
inline autograd::Array exact_draws(vae::ExactModel& model, const autograd::Array& x, std::uint32_t which) {
  autograd::Evaluation scope;
  const autograd::Stream noise = autograd::Stream().at(autograd::Purpose::posterior).at_epoch(which);
  return vae::join_levels(vae::latents(vae::infer(vae::AtPosterior(model), autograd::constant(x), 1, noise)));
}

inline void check_equal_moments(const autograd::Array& a, const autograd::Array& b) {
  const auto averages = [](const autograd::Array& z, std::size_t i, std::size_t j) {
    std::vector<double> first, second;
    for (std::size_t r = 0; r < z.shape(0); ++r)
      first.push_back(z(r, i)), second.push_back(z(r, i) * z(r, j));
    return std::make_pair(average(first), average(second));
  };
  const auto agree = [](Average p, Average q) {
    INFO(p.mean << " +- " << p.error << " and " << q.mean << " +- " << q.error);
    CHECK(std::abs(p.mean - q.mean) < 4.9 * std::hypot(p.error, q.error));
  };
  for (std::size_t i = 0; i < a.shape(1); ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const auto [mean_a, product_a] = averages(a, i, j);
      const auto [mean_b, product_b] = averages(b, i, j);
      agree(mean_a, mean_b), agree(product_a, product_b);
    }
}
