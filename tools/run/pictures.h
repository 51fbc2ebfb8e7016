// What a model has learnt, to look at.
#pragma once

#include "tools/files/png.h"
#include "tools/run/experiment.h"

namespace tools {

// x ~ p(x): z ~ p(z), then the output's mean, or with `draw` pixels drawn from it. 8 in a row, fewer of very
// wide ones.
GreyImage sample_sheet(const Experiment& experiment, std::size_t count, std::uint64_t seed, bool draw);

// Test images, as presented, and under each the output's mean at one z ~ q(z|x).
GreyImage reconstruction_sheet(const Experiment& experiment, std::size_t count);

}  // namespace tools
