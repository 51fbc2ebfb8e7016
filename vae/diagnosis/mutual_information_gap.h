// The mutual information gap: whether each factor that data were generated from is told by one latent alone.
//
//     MIG = 1/K Σ_k [ I(z_j; v_k) − max_{i ≠ j} I(z_i; v_k) ] / H(v_k)
//
// with j the latent that tells most of v_k: Chen, Li, Grosse & Duvenaud 2018 (arXiv 1802.04942), section 4.1
// and eq. 6, with q(z_j) and q(z_j|v_k) the averages of q(z_j|x_n) over all data and over those of this v_k.
// It is 1 where a latent of its own knows each factor, and 0 where two latents know it equally: a rotation of
// the factors has it near 0.
#pragma once

#include "autograd/random.h"

namespace vae {

using namespace autograd;

// The factor k of datum n, as a number of its value.   [K][N]
using FactorValues = std::vector<std::vector<std::size_t>>;

// In nats, but for the gaps.
struct MutualInformationGap {
  std::vector<std::vector<double>> information;  // I(z_j; v_k)   [K][Z]
  std::vector<double> entropy;                   // H(v_k), the most that a latent can tell   [K]
  std::vector<double> gap;                       // of each factor, from 0 to 1   [K]
  double mean = 0;                               // MIG, their mean
};

// Of these data, which are all that q(z) is made of, with q(z_j|x_n) = N(mean, deviation²) and one draw of it
// for each. It takes N² Z K steps. A datum stands among those that tell of it, which counts for much, and too
// much, unless many data of each value lie within a deviation.
// mean, deviation: [N,Z], Z ≥ 2.  std::invalid_argument for other shapes, and for a factor that has one
// value; std::domain_error for a deviation that is not above 0.
MutualInformationGap mutual_information_gap(const Array& mean, const Array& deviation,
                                            const FactorValues& factors, const Stream& stream);

// A factor that is a real number, by which of `parts` equal parts of the sorted numbers it is in.  ->  [N]
// std::invalid_argument for no parts.
std::vector<std::size_t> by_quantiles(const std::vector<double>& numbers, std::size_t parts);

}  // namespace vae
