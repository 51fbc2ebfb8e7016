// Simulation-based calibration of q: on data drawn from the model,
//
//     z ~ p(z),  x ~ p(x|z),  z₁ … z_L ~ q(z|x)
//
// the rank of z among the draws, how many of them are below it, is uniform on 0 … L for every latent if q is
// the posterior (Talts et al. 2018, arXiv 1804.06788, theorem 1). A q that is too narrow has the ranks at
// both ends too often (a ∪), one that is too wide those in the middle (a ∩), a biased one those at one end.
// What is judged is q under the model, not the model. Uniform ranks are no proof: q = p(z), which ignores x,
// has them, too.
#pragma once

#include "vae/model.h"

namespace vae {

struct Calibration {
  // How often each rank occurred.  [latents of all levels, one level after the other][L + 1]
  std::vector<std::vector<std::size_t>> counts;

  // The probability of a χ² against uniform ranks that is larger than that of latent j, if they are uniform.
  double p_value(std::size_t j) const;
  // For all latents together: the smallest, times the number of latents (Bonferroni), at most 1.
  double p_value() const;
};

// z, x and the draws come from the stream's place (simulation, sample, level) with the purposes prior, output
// and posterior. std::invalid_argument unless L ≥ 1 and every rank is expected at least 5 times;
// std::logic_error for discrete latents, whose ranks have ties. The draws are taken in passes of at most
// max(simulations, `rows`) rows, and do not depend on how they are cut.
Calibration calibrate(const Model& model, std::size_t simulations, std::size_t draws, const Stream& stream,
                      std::size_t rows = 10000);

}  // namespace vae
