// Contact sheets, and the histogram.
#include "tools/report/sheets.h"

#include <algorithm>
#include <cmath>

#include "tools/config/choices.h"
#include "tools/report/chart.h"
#include "tools/report/page.h"
#include "tools/run/pictures.h"
#include "tools/run/statistics.h"
#include "tools/text.h"

namespace tools {

namespace {

constexpr std::size_t parts = 40;  // of the histogram

// The share of these values in each part of the range.
Line shares(const std::string& name, std::size_t color, const std::vector<double>& values,
            const Range& range) {
  Line line = {name, color, false, {}, {}};
  for (std::size_t k = 0; k < parts; ++k)
    line.points.emplace_back(range.low + (range.high - range.low) * (double(k) + 0.5) / double(parts), 0);
  for (const double v : values) {
    if (!(v >= range.low && v <= range.high)) continue;
    line.points[std::min(parts - 1, std::size_t(range.share(v) * double(parts)))].second +=
        1 / double(values.size());
  }
  return line;
}

// The test images of least and of greatest log p(x).
GreyImage extremes(const ReportedRun& run) {
  const std::vector<double>& v = run.of_test.log_px.empty() ? run.of_test.elbo : run.of_test.log_px;
  ImageIndices order = index_range(0, v.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return v[a] < v[b]; });
  const std::size_t n = std::min<std::size_t>(10, order.size() / 2);
  ImageIndices shown(order.begin(), order.begin() + std::ptrdiff_t(n));
  shown.insert(shown.end(), order.end() - std::ptrdiff_t(n), order.end());
  const Images& images = run.experiment.data.test;
  return sheet(images.gather(shown), images.height, images.width, n);
}

// What the sheet of samples shows.
std::string of_samples(const Experiment& e) {
  switch (condition_named(e.config.condition)) {
    case ConditionKind::nothing:
      return "samples: z ~ p(z), the mean of p(x|z)";
    case ConditionKind::label:
      return "samples, a row of each class: z ~ p(z|c), the mean of p(x|z, c)";
    case ConditionKind::upper_half:
      break;
  }
  return "completions: in each row a test image, what is drawn given its upper half, and the mean over 100 "
         "draws";
}

}  // namespace

std::string histogram(const ReportedRun& run) {
  Range images, all;
  for (const auto* values : {&run.of_test.log_px, &run.of_validation.log_px})
    for (const double v : *values) images.include(v);
  if (!(images.low <= images.high)) return "";
  images.widen();
  all = images;
  for (const double v : run.of_noise) all.include(v);
  const bool far = all.high - all.low > 3 * (images.high - images.low);
  const Range& range = far ? images : all;

  std::vector<Line> lines = {shares("test", 0, run.of_test.log_px, range),
                             shares("validation", 1, run.of_validation.log_px, range)};
  if (!far && !run.of_noise.empty()) lines.push_back(shares("noise", 3, run.of_noise, range));
  std::string html = chart("log p(x) of single images, share of them", "nats", lines);
  if (!run.of_noise.empty())
    html += "<p>Noise is test images whose pixels are shuffled: " +
            text("%.1f nats on average, where the test images have %.1f", mean(run.of_noise),
                 mean(run.of_test.log_px)) +
            (far ? "; too far away for the picture.</p>" : ".</p>");
  return "<div>" + html + "</div>\n";
}

std::string sheets(const ReportedRun& run) {
  const Experiment& e = run.experiment;
  const std::size_t count = e.data.test.count;
  std::string html = figure(of_samples(e), sample_sheet(e, {}));
  if (e.model->levels() > 1) {
    SampleOptions fixed;
    fixed.levels_fixed = 1;
    html += figure("samples whose rows share z₀", sample_sheet(e, fixed));
  }
  if (count > 0)
    html += figure("test images; as the model sees them, if that is otherwise; and reconstructed",
                   reconstruction_sheet(e, 16));
  if (count > 1) {
    html += figure("single latents of z₀, from −3 to 3 deviations", traverse_sheet(e, {}));
    html +=
        figure("from one test image to another", interpolation_sheet(e, std::min<std::size_t>(6, count / 2)));
  }
  if (run.of_test.elbo.size() > 1)
    html += figure("of " + counted(run.of_test.elbo.size(), "test image") +
                       ", those that the model finds least likely, and under them the most likely",
                   extremes(run));
  return html + histogram(run);
}

}  // namespace tools
