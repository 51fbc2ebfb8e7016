// One step of the random walk.
#include "vae/inference/metropolis.h"

namespace vae {

double metropolis(const LogDensity& log_pi, Real scale, const Stream& stream, Walkers& walkers) {
  const Walkers proposal =
      start_at(log_pi, Array(walkers.z + scale * normal(stream, walkers.z.shape())));  // z'
  std::vector<double> log_ratio;
  for (std::size_t r = 0; r < walkers.log_pi.size(); ++r)
    log_ratio.push_back(double(proposal.log_pi.data()[r]) - double(walkers.log_pi.data()[r]));
  return accept(proposal, log_ratio, stream.second(), walkers);
}

}  // namespace vae
