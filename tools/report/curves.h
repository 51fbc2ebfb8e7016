// The course of training, from the rows of metrics.jsonl.
#pragma once

#include "tools/report/chart.h"
#include "tools/report/reported_run.h"

namespace tools {

// The bound of each run over epochs: the validation images as a line, the training images dashed.
std::vector<Line> bound_over_epochs(const std::vector<ReportedRun>& runs);

// That and its terms, the bound over time, gradient norms, learning rates.
std::string curves(const std::vector<ReportedRun>& runs);

}  // namespace tools
