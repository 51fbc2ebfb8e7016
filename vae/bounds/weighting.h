// Objectives that weigh the terms of the ELBO otherwise than it does:
//
//     reconstruction − β Σ_t KL_t                          Higgins et al. 2017 (β-VAE), eq. 4
//     reconstruction − β Σ_t max(λ, mean over B of KL_t)   Kingma et al. 2016 (arXiv 1606.04934), eq. 15
//
// The second has free bits: a level that tells less than λ nats on average over the batch is not pressed to
// tell even less. Each group of latents of the paper is a level here, and β = 1 there.
//
// For β ≥ 1, and for λ > 0 with β ≥ 1 on average over the batch, they are no larger than the ELBO and so
// still lower bounds on log p(x). For β < 1, as during a warm-up, they are none. Compare models by the ELBO,
// whatever they were trained by.
#pragma once

#include "vae/elbo.h"

namespace vae {

struct Weighting {
  Real beta = 1;       // β
  Real free_nats = 0;  // λ, of each level; 0: none
};

// ->  [B] nats. With free bits the KL is the batch's, the same for every datum. std::domain_error unless β
// and λ are at least 0.
Var weighted(const Bound& bound, const Weighting& weighting);

// The share of β after `step` of `steps` steps of a linear warm-up: min(1, step / steps), and 1 without one
// (Sønderby et al. 2016, arXiv 1602.02282, section 2.3).
Real warm_up(std::uint64_t step, std::uint64_t steps);

}  // namespace vae
