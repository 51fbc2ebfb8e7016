// What the sections of the page know of a run.
#pragma once

#include <string>
#include <vector>

#include "tools/report/metrics.h"
#include "tools/run/bound_totals.h"
#include "tools/run/evaluate.h"
#include "tools/run/experiment.h"

namespace tools {

struct ReportedRun {
  std::string name;     // its directory
  std::string weights;  // "r/last.safetensors, after epoch 2 of 20"
  const Experiment& experiment;
  Metrics metrics;
  BoundTotals mean;  // of the test images that were evaluated
  Scores of_test, of_validation;
  std::vector<double> of_noise;  // log p(x) of test images whose pixels are shuffled
};

// Evaluates the first images of each split; its rows are those of metrics.jsonl in the directory of this
// name.
ReportedRun reported_run(const std::string& name, const std::string& weights, const Experiment& experiment,
                         std::size_t images, std::size_t importance_samples);

}  // namespace tools
