// Sums of a bound and its parts over images, in nats, and their means per image.
#pragma once

#include <cstdint>
#include <vector>

#include "vae/elbo.h"

namespace tools {

struct BoundTotals {
  std::uint64_t images = 0;
  double elbo = 0, reconstruction = 0, kl = 0;
  std::vector<double> kl_per_level;

  // Less that of each image (Experiment::log_scales), where there is one.
  void add(const vae::Bound& bound, const std::vector<double>& log_scales = {});
  BoundTotals means() const;  // each divided by `images`, which stays
};

}  // namespace tools
