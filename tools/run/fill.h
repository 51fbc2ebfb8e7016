// Missing pixels filled in (../../vae/missing.h), and how far that is from what was hidden.
#pragma once

#include <optional>

#include "tools/files/png.h"
#include "tools/run/experiment.h"

namespace tools {

struct FilledImages {
  std::optional<autograd::Array> before;            // as they were before --missing   [n,D]
  autograd::Array x;                                // as observed, NaN where a pixel is missing   [n,D]
  autograd::Array mean;                             // E[x|x_o]   [n,D]
  autograd::Array draws;                            // x ~ p(x|x_o)   [S·n,D], row r of image r mod n
  double share_missing = 0, effective_samples = 0;  // over all of them

  // Root mean square errors at pixels that --missing hid, in the units of the data; NaN without such.
  double error_of_mean = 0;         // of E[x|x_o]
  double error_of_pixel_means = 0;  // of the mean of each pixel over training images, or else these
};

// The first `count` images of a split, by K importance samples (0: 500, or as many as a pass holds) and with
// S draws of each. Failure(exit_usage) if no pixel of them is missing, or a pass does not hold as many.
FilledImages fill_images(const Experiment& experiment, Split split, std::size_t count, std::size_t K,
                         std::size_t S);

// In each row an image: before, where that is known, as observed, E[x|x_o], and the draws.
GreyImage filled_sheet(const Experiment& experiment, const FilledImages& images);

}  // namespace tools
