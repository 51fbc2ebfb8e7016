// What several chains of draws of one quantity say of it: whether they agree (R̂), and how many independent
// draws their mean is worth (the effective sample size).
//
// Gelman et al. 2013, "Bayesian data analysis", section 11.4–11.5; Vehtari, Gelman, Simpson, Carpenter &
// Bürkner 2021 (arXiv 1903.08008), eq. 1–4 and section 3.2 (without ranks). The draws come from metropolis.h
// or hmc.h.
#pragma once

#include <vector>

namespace vae {

using Chain = std::vector<double>;  // draws of one quantity, in order

// R̂ of the halves of each chain: √(((n − 1)/n W + B/n) / W), with W the mean variance within the halves, n
// the length of a half, and B/n the variance of their means. 1 if they agree; above 1.01 they have not yet
// mixed. NaN if nothing varies. std::invalid_argument for chains of different lengths, or of fewer than 4
// draws.
double split_r_hat(const std::vector<Chain>& chains);

// So many independent draws would have the mean's error: C n / (1 + 2 Σ ρ_t), over C chains of n, with
// the autocorrelation ρ_t at lag t from all chains together, summed over pairs of lags while these are
// positive and as if they never rose (Geyer 1992, initial monotone sequence). Errors as above.
double effective_draws(const std::vector<Chain>& chains);

}  // namespace vae
