// Hamiltonian Monte Carlo (Duane et al. 1987; Neal 2011, arXiv 1206.1901, section 3): z moves like a particle
// of mass 1 in the potential U(z) = −log π(z), with a momentum p ~ N(0, I) that is drawn anew for each step:
//
//     H(z, p) = U(z) + ½ pᵀp
//
// The leapfrog integrator (section 2.3) keeps volume and is reversible, so accepting its end with probability
// min(1, exp(H − H')) leaves π as it is. The gradient comes from the tape.
#pragma once

#include "vae/inference/target.h"

namespace vae {

struct Leapfrog {
  Real step_size = Real(0.1);  // ε
  std::size_t steps = 10;
};

// One step of each chain. Returns the mean probability of acceptance; about 0.65 is best (Neal, section 4.4;
// Beskos et al. 2013). For other steps, give the stream another epoch. walkers.log_pi is computed
// anew, so that log π may be another one at every step. std::logic_error if log π does not depend on z.
double hmc(const LogDensity& log_pi, const Leapfrog& leapfrog, const Stream& stream, Walkers& walkers);

// The ε to go on with after a step that accepted so many: larger if more than 0.65 were, smaller if fewer.
// For warming up; draws are to be used from a fixed ε only.
Real adapted(Real step_size, double acceptance);

}  // namespace vae
