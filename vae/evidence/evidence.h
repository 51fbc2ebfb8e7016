// An estimate of log p(x) from weights whose mean is p(x), and how far it can be trusted. importance.h draws
// z from q(z|x), naive.h from p(z); they differ in the weights alone.
//
// Read next: weights.h (what is reported of the weights of a datum), annealed.h.
#pragma once

#include <functional>

#include "vae/model.h"

namespace vae {

// All [B].
struct Evidence {
  std::vector<double> log_px;  // log p̂(x) = log 1/K Σ_k w_k, nats: on average too small
  // Of log_px over the draws of z. NaN where few weights dominate, so that it cannot be told.
  std::vector<double> standard_error;
  std::vector<double> effective_samples;  // (Σ w)² / Σ w², from 1 to K
  // k̂ of the largest weights: above 0.7 log_px is not to be relied on
  std::vector<double> pareto_k;
  // d = log p̂(x) of every second draw less that of the others. They are independent, so whatever the
  // tail, d²/2 is on average the variance of log p̂ from K/2 draws; and log cosh d/2 ≥ 0 is what the mean of
  // the two gains by having K draws instead.
  std::vector<double> difference_of_halves;
};

// log w of `count` draws of z for each of B data, draw `first` and those after it.  ->  [count·B]
using LogWeights = std::function<Var(std::size_t first, std::size_t count)>;

// Sums the weights of B data in passes of at most max(B, rows) rows, so that memory does not grow with K.
Evidence sum_weights(std::size_t B, std::size_t samples, std::size_t rows, const LogWeights& log_w);

// std::invalid_argument naming the caller for K = 0 or above 2²⁴ (less the stream's first sample), or for an
// x that is not [B,D].
void check_evidence(const char* caller, const Array& x, std::size_t samples, const Stream& stream);

}  // namespace vae
