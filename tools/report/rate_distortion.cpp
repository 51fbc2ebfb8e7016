// Runs that are alike but for β are joined.
#include "tools/report/rate_distortion.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tools/config/config_file.h"
#include "tools/report/chart.h"
#include "tools/text.h"

namespace tools {

namespace {

// The options that runs of one line share.
std::string all_but_beta(const ReportedRun& run) {
  nlohmann::json options = to_json(run.experiment.config);
  for (const char* may_differ : {"beta", "out", "threads"}) options.erase(may_differ);
  return options.dump();
}

}  // namespace

std::string rate_distortion(const std::vector<ReportedRun>& runs) {
  // Gather the lines.
  std::map<std::string, std::vector<const ReportedRun*>> groups;
  std::set<double> betas;
  double best = -INFINITY;
  Range rates;
  for (const ReportedRun& run : runs) {
    if (run.of_test.elbo.empty()) continue;
    groups[all_but_beta(run)].push_back(&run), betas.insert(run.experiment.config.beta);
    best = std::max(best, run.mean.elbo), rates.include(run.mean.kl);
  }
  if (betas.size() < 2) return "";

  std::vector<Line> lines;
  for (auto& [options, group] : groups) {
    std::stable_sort(group.begin(), group.end(), [](const ReportedRun* a, const ReportedRun* b) {
      return a->experiment.config.beta > b->experiment.config.beta;
    });
    std::string names;
    Line line = {"", lines.size(), false, {}, {}};
    for (const ReportedRun* run : group) {
      line.name += (line.name.empty() ? "" : ", ") + run->name;
      line.points.emplace_back(run->mean.kl, -run->mean.reconstruction);
      line.labels.push_back(text("β = %g", run->experiment.config.beta));
    }
    lines.push_back(line);
  }
  rates.widen();
  lines.push_back({text("a bound of %.2f, the best of these", best),
                   5,
                   true,
                   {{rates.low, -best - rates.low}, {rates.high, -best - rates.high}},
                   {}});
  return "<div class=\"charts\">" +
         chart("distortion −E log p(x|z) over rate KL(q(z|x) ‖ p(z)), nats per image", "rate", lines) +
         text(
             "<p>Each point is a run, by its first %zu test images. Training descends distortion + β · rate. "
             "With β = 1 that is the negative bound, and log p(x) is at least minus their sum: on the "
             "dashed line of slope −1 the bound is equal, and below it, it is better. A larger β asks for "
             "less "
             "rate, codes that tell less of the image, and a smaller one for less distortion.",
             runs.front().of_test.elbo.size()) +
         " What is joined differs in β alone.</p></div>\n";
}

}  // namespace tools
