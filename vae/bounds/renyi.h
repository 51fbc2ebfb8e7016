// Bounds on log p(x) by K weighted samples of z, one family with a parameter α:
//
//     L_α = 1/(1−α) log E_q[ w^(1−α) ],   w = p(x, z) / q(z|x),   z ~ q(z|x)
//
// It falls as α rises (Li & Turner 2016, arXiv 1602.02311, sections 3 and 4.1). At α = 1, by continuity, it
// is the ELBO; at α = 0 it is log p(x); for α < 0 it is an upper bound, with α = 1 − n the CUBO_n of Dieng et
// al. 2017 (arXiv 1611.00328). What is computed is the estimate with the average of K weights in the place
// of E_q. It takes the logarithm of an average, so it is no unbiased estimate of L_α unless α = 1: for α < 1
// it lies below L_α in expectation and rises to it with K. At α = 0 its expectation is itself a lower bound
// on log p(x), that of Burda et al. 2016 (arXiv 1509.00519), eq. 8.
//
// Read next: ../gradients/path_derivative.h, how to ascend them; ../evidence/importance.h, log p(x) itself.
#pragma once

#include "vae/model.h"

namespace vae {

// All take the logarithms of weights, log_w: [K·B]  ->  [B] nats. std::invalid_argument if K does not divide
// its length.

// log 1/K Σ_k w_k
Var importance_weighted_bound(Var log_w, std::size_t samples);

// 1/(1−α) log 1/K Σ_k w_k^(1−α); for α = 1 the mean of log w_k
Var renyi_bound(Var log_w, std::size_t samples, Real alpha);

// 1/n log 1/K Σ_k w_k^n, whose limit in K is at least log p(x), for n ≥ 1; std::domain_error otherwise.
// Warning: the estimate is biased downward, and few samples miss the large weights that E_q[wⁿ] consists of.
// One number from this function is no upper bound: with K = 1 it is a sample of the ELBO. And where q has
// lighter tails than p(z|x), E_q[wⁿ] may be infinite, which no estimate shows.
Var chi_upper_bound(Var log_w, std::size_t samples, Real n);

}  // namespace vae
