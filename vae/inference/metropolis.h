// Random-walk Metropolis (Metropolis et al. 1953): a normal step, taken with probability π(z') / π(z) if that
// is below 1. It needs no gradient, and in many dimensions moves slowly. hmc.h follows the gradient.
#pragma once

#include "vae/inference/target.h"

namespace vae {

// z' = z + scale · ε, ε ~ N(0, I), for each chain. Returns the mean probability of acceptance; about 0.234 is
// best in many dimensions (Roberts, Gelman & Gilks 1997), 0.44 in one. For other steps, give the stream
// another epoch.
double metropolis(const LogDensity& log_pi, Real scale, const Stream& stream, Walkers& walkers);

}  // namespace vae
