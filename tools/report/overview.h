// The report as one picture, for where a page cannot be shown: of each run samples and reconstructions, and
// under them the bound over epochs.
#pragma once

#include "tools/files/png.h"
#include "tools/report/reported_run.h"

namespace tools {

// Of the first six runs.
GreyImage overview(const std::vector<ReportedRun>& runs);

}  // namespace tools
