// What training ascends, as the options name it: the bound (--bound, --renyi-alpha), its samples (--samples,
// --importance-samples), how its terms weigh (--beta, --warm-up, --free-bits), and the estimator of its
// gradient (--gradient, --kl).
#pragma once

#include "tools/config/config.h"
#include "vae/bounds/weighting.h"
#include "vae/gradients/objective.h"

namespace tools {

// Of these images: the objective, and the ELBO of the same samples of z, to be reported. β is --beta times
// `warmed_up`.  x: [B,D]
vae::Objective objective_of(const Config& config, vae::Model& model, autograd::Var x,
                            const autograd::Stream& noise, autograd::Real warmed_up = 1);

// --samples or --importance-samples, whichever the bound has.
std::uint64_t samples_of_objective(const Config& config);

// Failure(exit_usage) for options that contradict each other, or whose values mean nothing.
void check_objective(const Config& config);

}  // namespace tools
