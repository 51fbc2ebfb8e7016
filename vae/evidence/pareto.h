// How heavy the tail of a sample is: the shape k of the generalized Pareto distribution
//
//     p(y) = 1/σ (1 + k y/σ)^(−1/k − 1),   y ≥ 0
//
// of what the largest values exceed a threshold by. Moments of order 1/k and above are infinite: k ≥ ½ means
// no variance, k ≥ 1 no mean. For k ≤ 0 the tail is as light as an exponential one, or ends.
//
// Zhang & Stephens 2009, "A new and efficient estimation method for the generalized Pareto distribution";
// with a prior that pulls k towards ½ as ten more values would (Vehtari, Simpson, Gelman, Yao & Gabry,
// "Pareto smoothed importance sampling", arXiv 1507.02646, appendix C). Used by weights.h.
#pragma once

#include <vector>

namespace vae {

// k̂ of these exceedances, y > 0; others are left out. NaN for fewer than 5.
double pareto_shape(std::vector<double> exceedances);

}  // namespace vae
