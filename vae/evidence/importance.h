// log p(x) by importance sampling with K samples from q(z|x):
//
//     log p̂(x) = log 1/K Σ_k w_k,   w_k = p(x, z_k) / q(z_k|x),   z_k ~ q(z|x)
//
// Its expectation is the importance-weighted bound of Burda et al. 2016 (arXiv 1509.00519), eq. 8, which
// rises to log p(x) with K. Without the weights, the average of p(x|z_k) over z_k ~ q (a common
// misstatement) estimates E_q p(x|z), which is not p(x): for q = p(z|x) it is too large.
//
// Read next: evidence.h (what is reported), naive.h (z from the prior).
#pragma once

#include "vae/evidence/evidence.h"

namespace vae {

// x: [B,D].  Memory does not grow with K: the samples are taken in passes of at most max(B, `rows`) rows, and
// the noise does not depend on how they are cut. std::invalid_argument for K = 0 or above 2²⁴, or if the
// stream names another number of data than B.
Evidence log_evidence(const Model& model, const Array& x, std::size_t samples, const Stream& stream,
                      std::size_t rows = 1000);

}  // namespace vae
