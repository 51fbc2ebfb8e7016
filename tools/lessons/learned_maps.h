// Three functions from normals to the plane, each learned from draws of a distribution there:
//
//     inverse cdfs    x_i = F_i⁻¹(Φ(z_i) | x_<i), where a network gives the F_i   (Rosenblatt 1952)
//     coupling flow   x = f_n(… f₁(z)), bijections   (Dinh et al. 2017)
//     VAE             x = f(z) + σε   (Kingma & Welling 2013)
//
// The first two are learned by their log-likelihood, which is exact, and the third by the bound.
#pragma once

#include <functional>

#include "tools/lessons/plane.h"

namespace tools {

struct LearnedMap {
  const char* name;
  LogDensity log_density;                                                              // [n,2]  ->  n, nats
  std::function<autograd::Array(std::size_t n, const autograd::Stream& stream)> draw;  // of normals   [n,2]
};

LearnedMap learn_inverse_cdfs(const PlaneDensity& from);
LearnedMap learn_flow(const PlaneDensity& from);
LearnedMap learn_decoder(const PlaneDensity& from);

}  // namespace tools
