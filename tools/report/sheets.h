// What a run's images say of it: samples, reconstructions, latents, and how likely single images are.
#pragma once

#include "tools/report/reported_run.h"

namespace tools {

// Pictures and the histogram of log p(x), one figure after the other; those that the test images are too few
// for are left out.
std::string sheets(const ReportedRun& run);

// How many of the test images, the validation images and the noise lie in each of 40 parts of their range.
// Noise that is far from all images would leave them no room: it is told under the chart then.
std::string histogram(const ReportedRun& run);

}  // namespace tools
