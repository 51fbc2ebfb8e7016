// log p(x) by annealed importance sampling (Neal 2001, "Annealed importance sampling"). Chains go from the
// prior to the posterior through
//
//     f_t(z) = p(z) p(x|z)^β_t,   0 = β_0 < β_1 < … < β_T = 1
//
// by a step of Hamiltonian Monte Carlo at each β_t, t < T, and collect log w = Σ_t (β_t − β_{t−1}) log
// p(x|z): E w = p(x), so log 1/K Σ w is on average a lower bound. From an exact draw of p(z|x) they go back,
// and collect a w' with E w' = 1/p(x): −log 1/K Σ w' is on average an upper bound (bidirectional Monte Carlo:
// Grosse, Ghahramani & Adams 2015, arXiv 1511.02543; for decoders Wu et al. 2017, arXiv 1611.04273). Together
// they enclose log p(x). By Markov's inequality, either is on the wrong side by more than b nats with
// probability below e^−b.
//
// An exact posterior draw is known where the data were drawn from the model (simulate), or of an exact model.
// Of other data it is not, and then there is no upper bound.
//
// Read next: ../inference/hmc.h; importance.h, which needs a good q where this needs many steps.
#pragma once

#include "vae/exact/exact_model.h"
#include "vae/inference/target.h"

namespace vae {

struct Annealing {
  std::size_t temperatures = 500;  // T
  std::size_t chains = 8;          // K for each datum
  std::size_t leapfrog_steps = 10;
};

// β_0, …, β_T: a sigmoid of t over ±4, moved to begin at 0 and end at 1 (Grosse et al. 2015).
std::vector<double> annealing_schedule(std::size_t temperatures);

// ->  [B] nats each. The step size at each β is found by chains that are not used otherwise, together for
// all data of the call. The noise is of the stream's epoch and of 4T + 200 after it.
// x: [B,D]  z: [B,Z], a draw of p(z|x) for each x, its levels side by side.  std::invalid_argument for no
// temperatures or chains, or a z of another shape.
std::vector<double> annealed_lower(Model& model, const Array& x, const Annealing& how, const Stream& stream);
std::vector<double> annealed_upper(Model& model, const Array& x, const Array& z, const Annealing& how,
                                   const Stream& stream);

// z ~ p(z), x ~ p(x|z): then z is a draw of p(z|x), too.  x: [n,D]  z: [n,Z]
struct Simulated {
  Array x, z;
};
Simulated simulate(const Model& model, std::size_t n, const Stream& stream);

// z ~ p(z|x) of an exact model.  x: [B,D]  ->  [B,Z]
Array posterior_draw(ExactModel& model, const Array& x, const Stream& stream);

}  // namespace vae
