// What a trained model is worth: its bound and log p(x) on held-out images.
#pragma once

#include <optional>
#include <string>

#include "tools/run/experiment.h"

namespace tools {

// Means over n images, in nats per image. `_se` are standard errors over the images; log_px_mc_se is the one
// over the importance draws. One image, or one draw, does not tell its error: that is NaN then ("unknown", in
// JSON null).
struct Report {
  std::size_t n = 0;
  double elbo = 0, elbo_se = 0, reconstruction = 0, kl = 0;
  std::vector<double> kl_per_level;
  double log_px = 0, log_px_se = 0, log_px_mc_se = 0;
  std::size_t importance_samples = 0;
};

// The bound has one sample of z per image and the KL in closed form; log p(x) is by importance sampling
// (../../vae/evidence.h). With an `export_to` directory, writes there x.npy (the images as evaluated, [n,D]),
// eps_0.npy, … (the noise of that sample by level, [n,Z_t]: z_t = μ_t + σ_t ε_t) and elbo.npy ([n]), from
// which anyone can recompute the bound.
Report evaluate(const Experiment& experiment, Split split, std::size_t limit, std::size_t importance_samples,
                const std::string& export_to, bool quiet);

std::string as_json(const Report& report);
std::string as_text(const Report& report);

}  // namespace tools
