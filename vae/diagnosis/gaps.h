// Where a bound stays below log p(x), split in two with q* the best q for each datum in the family of q:
//
//     log p(x) − L[q]  =  ( log p(x) − L[q*] )  +  ( L[q*] − L[q] )
//        inference            approximation           amortization
//
// The first is what the family cannot express, the second what the encoder, which is one function for all
// data, does not reach (Cremer, Li & Duvenaud 2018, arXiv 1801.03558). How they grow from the
// training data to held-out data says how much of what the bound loses there is due to the encoder.
//
// log p(x) comes from an exact model, L[q*] from its closed form or from ascending the bound for each datum.
#pragma once

#include "vae/exact/linear_gaussian.h"

namespace vae {

// Means over the data, in nats.
struct Gaps {
  double log_px = 0, approximation = 0, amortization = 0;

  double inference() const { return approximation + amortization; }
  double bound() const { return log_px - inference(); }
};

// From log p(x), L[q*] and L[q] of each datum.  [B] each; std::invalid_argument otherwise.
Gaps gaps(const Array& log_px, const Array& best_bound, const Array& bound);

// Exactly: q* is the posterior, or for a diagonal Q the best mean field (set_posterior_exact).  x: [B,D]
// std::logic_error for a mean field of several levels.
Gaps gaps(const LinearGaussian& model, const Array& x);

// What the bound loses from the training data to held-out data: what log p(x) loses, and what each gap grows.
struct GeneralizationGaps {
  double log_px = 0, approximation = 0, amortization = 0;

  double bound() const { return log_px + approximation + amortization; }
};
GeneralizationGaps generalization(const Gaps& training, const Gaps& held_out);

}  // namespace vae
