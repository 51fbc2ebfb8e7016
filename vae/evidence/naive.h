// log p(x) by plain Monte Carlo, with z from the prior:
//
//     p̂(x) = 1/n Σ_i p(x|z_i),   z_i ~ p(z)
//
// Doersch 2016 (arXiv 1606.05908), section 2. It is unbiased for p(x), so its logarithm is on average too
// small, by about half the relative variance of p̂(x). For most z, p(x|z) is nearly 0: n must be huge, and
// `effective_samples` shows how few of the z count. Drawing z where they count is importance.h.
#pragma once

#include "vae/evidence/evidence.h"

namespace vae {

// x: [B,D].  As log_evidence (importance.h), with weights w_i = p(x|z_i). Each datum has z_i of its own.
Evidence naive_log_evidence(const Model& model, const Array& x, std::size_t samples, const Stream& stream,
                            std::size_t rows = 1000);

}  // namespace vae
