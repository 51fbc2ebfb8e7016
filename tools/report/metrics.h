// The rows of a run's metrics.jsonl, as far as the report needs them. Anybody may have edited the file: what
// is not there, or is no number, is NaN here, which a chart leaves out.
#pragma once

#include <string>
#include <vector>

namespace tools {

struct MetricsRow {
  double epoch, elbo, reconstruction, kl;  // of a split, after an epoch
  double gradient_norm, learning_rate;     // of training rows
  double images_per_s;
  std::vector<double> kl_per_level;

  double kl_of_level(std::size_t t) const;
};

struct Metrics {
  std::vector<MetricsRow> train, validation, test;
};

// None if there is no such file. Lines that are no rows are passed over: a killed process may not have
// finished the last. Failure 66 if it cannot be read, and 65 if it is of more than 50 MB.
Metrics read_metrics(const std::string& file);

}  // namespace tools
