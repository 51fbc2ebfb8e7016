// Gauss–Hermite quadrature: the expectation of a function of t ~ N(0, 1) as a sum over n nodes,
//
//     E f(t) ≈ Σ_i w_i f(t_i)        t_i the roots of He_n,   w_i = (n − 1)! / (n He_{n−1}(t_i)²)
//
// which is exact for polynomials of degree up to 2n − 1. It is Abramowitz & Stegun 1964, 25.4.46, with
// t = √2 x for the weight e^−x². Used by quadrature.h.
#pragma once

#include <cstddef>
#include <vector>

namespace vae {

struct GaussHermite {
  // std::invalid_argument unless 1 ≤ n ≤ 256.
  explicit GaussHermite(std::size_t n);

  std::vector<double> nodes, weights;  // t_i, ascending, and w_i
};

}  // namespace vae
