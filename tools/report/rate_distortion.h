// Runs that differ in β, as points of the rate–distortion plane (Alemi et al. 2018, "Fixing a broken ELBO"):
//
//     R = E KL(q(z|x) ‖ p(z))     D = −E log p(x|z)     training descends D + β R;     the bound is −(D + R)
//
// For a family that could be anything, the best D for each R is a falling convex curve whose slope at the
// point of β is −β. Of real runs the points tell how far they come, and what β buys.
#pragma once

#include "tools/report/reported_run.h"

namespace tools {

// The section's body; empty unless two runs differ in β.
std::string rate_distortion(const std::vector<ReportedRun>& runs);

}  // namespace tools
