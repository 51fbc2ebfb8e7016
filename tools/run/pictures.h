// Pictures of what a model has learned.
#pragma once

#include "tools/files/png.h"
#include "tools/run/experiment.h"

namespace tools {

struct SampleOptions {
  std::uint64_t count = 64, seed = 1;
  bool draw = false;               // x ~ p(x|z), not its mean
  std::uint64_t levels_fixed = 0;  // levels of z that the images of a row share, the first ones
  double temperature = 1;          // of p(z_t|z_<t)
};

// Images from the model: z ~ p(z), then the mean of p(x|z), or with `draw` x ~ p(x|z). 8 in a row, fewer of
// very wide ones. Failure(exit_usage) if fewer levels exist than are to be fixed.
GreyImage sample_sheet(const Experiment& experiment, const SampleOptions& options);

// Test images: as they are, under each as the model's input if that is another, and under that the mean of
// p(x|z) at one z ~ q(z|x).
GreyImage reconstruction_sheet(const Experiment& experiment, std::size_t count);

}  // namespace tools
