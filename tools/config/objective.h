// What training ascends, as the options name it: the bound (--bound, --renyi-alpha), its samples (--samples,
// --importance-samples), how its terms weigh (--beta, --warm-up, --free-bits), and the estimator of its
// gradient (--gradient, --kl).
#pragma once

#include <optional>

#include "tools/config/config.h"
#include "vae/bounds/weighting.h"
#include "vae/gradients/objective.h"

namespace tools {

// Where the classes of some images are known: [B,K], a row one-hot, or 0 where it is not; and the weight of
// their log q(y|x) in the objective, which else would not teach the classifier (Kingma et al. 2014, eq. 9).
struct KnownClasses {
  autograd::Var one_hot;
  autograd::Real weight;
};

// Of these images: the objective, and the ELBO of the same samples of z, to be reported. β is --beta times
// `warmed_up`.  x: [B,D]
vae::Objective objective_of(const Config& config, vae::Model& model, autograd::Var x,
                            const autograd::Stream& noise, autograd::Real warmed_up = 1,
                            const std::optional<KnownClasses>& known = std::nullopt);

// --samples or --importance-samples, whichever the bound has.
std::uint64_t samples_of_objective(const Config& config);

// Failure(exit_usage) for options that contradict each other, or whose values mean nothing.
void check_objective(const Config& config);

}  // namespace tools
