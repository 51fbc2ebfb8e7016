// What a model makes of images one by one: their codes z, and how likely it finds them.
#pragma once

#include <string>
#include <vector>

#include "tools/run/evaluate.h"

namespace tools {

// Of the first `count` images of a split, as `evaluate` has them: log p(x) by importance sampling.
Scores score(const Experiment& experiment, Split split, std::size_t count, std::size_t importance_samples,
             bool quiet);

// The share of the values of `among` that are at most `value`, with itself: (1 + number) / (1 + n). For an
// image that is like the others it is uniform; a small one says that few are so unlikely.
double p_value(double value, const std::vector<double>& among);

struct CodesToWrite {
  std::size_t importance_samples = 0;
  bool means = false;  // also the mean of p(x|z) at the draw, x_mean, [n,D]
  bool quiet = true;
};

// Writes the codes of the first `count` images into a directory, as .npy files: for each level t the mean and
// the deviation of q(z_t|z_<t, x) and a draw of it, mu_T, sigma_T and z_T, [n,Z_t], where z_<t are the draws;
// the scores elbo and, with samples, log_px, [n]; and labels, [n], where they are known. Files of these names
// are replaced.
void write_codes(const Experiment& experiment, Split split, std::size_t count, const std::string& directory,
                 const CodesToWrite& what);

}  // namespace tools
