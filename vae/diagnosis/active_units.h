// Active units: the latents whose posterior mean depends on the datum,
//
//     A_j = Var_x( E_q[z_j|x] ) > 0.01
//
// Burda et al. 2016 (arXiv 1509.00519), section 5.2. A latent that is not active tells nothing of x: q is
// the same for every datum. (Which ones collapse can be predicted for a linear VAE: ../exact/ppca.h.)
#pragma once

#include "vae/model.h"

namespace vae {

// A_j of each level.  x: [N,D]  ->  [Z_t] each
// E_q[z_t|x] is the mean of q(z_t|z_<t, x), below the first level over S samples of z_<t ~ q(z_<t|x); their
// noise is taken out of the variance (by the product of two means over S/2 samples each), so a unit that is
// not active may have an A_j below 0. std::invalid_argument for fewer than two data, or an odd S, which is
// allowed only for one level.
std::vector<std::vector<double>> variance_of_posterior_means(const Model& model, const Array& x,
                                                             std::size_t samples, const Stream& stream);

// How many latents of each level are active.
std::vector<std::size_t> active_units(const Model& model, const Array& x, std::size_t samples,
                                      const Stream& stream, double threshold = 0.01);

}  // namespace vae
