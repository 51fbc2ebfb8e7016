// Lines over epochs, and over time.
#include "tools/report/curves.h"

#include <algorithm>
#include <cmath>

namespace tools {

namespace {

Points over_epochs(const std::vector<MetricsRow>& rows, double MetricsRow::*number) {
  Points points;
  for (const MetricsRow& row : rows) points.emplace_back(row.epoch, row.*number);
  return points;
}

// Of each run the validation rows as a line, and the training rows dashed.
std::vector<Line> both_splits(const std::vector<ReportedRun>& runs, double MetricsRow::*number) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string of = runs.size() > 1 ? runs[i].name + ", " : "";
    lines.push_back({of + "validation", i, false, over_epochs(runs[i].metrics.validation, number), {}});
    lines.push_back({of + "training", i, true, over_epochs(runs[i].metrics.train, number), {}});
  }
  return lines;
}

std::string of_training(const std::vector<ReportedRun>& runs, const std::string& title,
                        double MetricsRow::*number) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < runs.size(); ++i)
    lines.push_back({runs[i].name, i, false, over_epochs(runs[i].metrics.train, number), {}});
  return chart(title, "epoch", lines);
}

// The validation bound over the seconds that the epochs before took: their training images by images per
// second.
Points over_time(const ReportedRun& run) {
  Points points;
  double seconds = 0;
  for (const MetricsRow& trained : run.metrics.train) {
    if (trained.images_per_s > 0) seconds += double(run.experiment.data.train.count) / trained.images_per_s;
    for (const MetricsRow& validated : run.metrics.validation)
      if (validated.epoch == trained.epoch) points.emplace_back(seconds, validated.elbo);
  }
  return points;
}

std::string bound_over_time(const std::vector<ReportedRun>& runs) {
  std::vector<Line> lines;
  double longest = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    lines.push_back({runs[i].name, i, false, over_time(runs[i]), {}});
    for (const auto& [seconds, bound] : lines.back().points) longest = std::max(longest, seconds);
  }
  const bool hours = longest > 3 * 3600, minutes = longest > 300;
  for (Line& line : lines)
    for (auto& [time, bound] : line.points) time /= hours ? 3600 : minutes ? 60 : 1;
  return chart("validation bound over time",
               std::string(hours     ? "hours"
                           : minutes ? "minutes"
                                     : "seconds") +
                   " of training steps",
               lines);
}

std::string of_levels(const ReportedRun& run, const std::string& of) {
  const std::size_t L = run.experiment.model->levels();
  if (L < 2) return "";
  std::vector<Line> lines;
  for (std::size_t t = 0; t < L; ++t) {
    lines.push_back({"level " + std::to_string(t), t, t >= 6, {}, {}});
    for (const MetricsRow& row : run.metrics.validation)
      lines.back().points.emplace_back(row.epoch, row.kl_of_level(t));
  }
  return chart("KL of each level, validation" + of, "epoch", lines);
}

}  // namespace

std::vector<Line> bound_over_epochs(const std::vector<ReportedRun>& runs) {
  return both_splits(runs, &MetricsRow::elbo);
}

std::string curves(const std::vector<ReportedRun>& runs) {
  std::string html = chart("bound, nats per image", "epoch", bound_over_epochs(runs)) + bound_over_time(runs);
  html += chart("reconstruction", "epoch", both_splits(runs, &MetricsRow::reconstruction));
  html += chart("KL", "epoch", both_splits(runs, &MetricsRow::kl));
  for (const ReportedRun& run : runs) html += of_levels(run, runs.size() > 1 ? ": " + run.name : "");
  return html + of_training(runs, "gradient norm, mean of an epoch", &MetricsRow::gradient_norm) +
         of_training(runs, "learning rate", &MetricsRow::learning_rate);
}

}  // namespace tools
