// What Markov chains sample from: a density of z that is known up to a constant factor. Of a model it is the
// posterior, p(z|x) ∝ p(x, z), of all levels side by side:
//
//     z = (z₀, …, z_{L−1})   [S·B, Z],  Z = Σ Z_t,  row r a chain for datum r mod B
//
// Read next: metropolis.h, hmc.h.
#pragma once

#include "vae/descent.h"

namespace vae {

// log π(z) + constant.  z: [rows,Z]  ->  [rows]
using LogDensity = std::function<Var(Var z)>;

// The states of several chains, with log π of each.
struct Walkers {
  Array z;       // [rows,Z]
  Array log_pi;  // [rows]
};
Walkers start_at(const LogDensity& log_pi, Array z);

// Moves row r to the proposal with probability min(1, exp log_ratio[r]), by a uniform number of the stream; a
// NaN stays. Returns the mean of these probabilities (Metropolis et al. 1953).  log_ratio: [rows]
double accept(const Walkers& proposal, const std::vector<double>& log_ratio, const Stream& stream,
              Walkers& walkers);

// log p(x, z) as a density of z. Parameters are held constant; the model must outlive the result.  x: [B,D]
LogDensity unnormalized_posterior(Model& model, Array x);

// Z_t of each level.
std::vector<std::size_t> latent_sizes(const Model& model);

// The levels of z side by side, and back.  [rows, Z_t] each  <->  [rows,Z]
Array join_levels(const Latents& z);
Latents split_levels(const std::vector<std::size_t>& sizes, Var z);

}  // namespace vae
