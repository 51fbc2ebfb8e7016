// Pictures of what a model has learned.
#pragma once

#include "tools/files/png.h"
#include "tools/run/experiment.h"

namespace tools {

// Images from the model: z ~ p(z), then the mean of p(x|z), or with `draw` x ~ p(x|z). 8 in a row, fewer of
// very wide ones.
GreyImage sample_sheet(const Experiment& experiment, std::size_t count, std::uint64_t seed, bool draw);

// Test images: as they are, under each as the model's input if that is another, and under that the mean of
// p(x|z) at one z ~ q(z|x).
GreyImage reconstruction_sheet(const Experiment& experiment, std::size_t count);

}  // namespace tools
