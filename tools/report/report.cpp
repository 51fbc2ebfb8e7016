// The page, section by section.
#include "tools/report/report.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tools/config/config_file.h"
#include "tools/files/json_text.h"
#include "tools/files/regular_file.h"
#include "tools/report/chart.h"
#include "tools/report/page.h"
#include "tools/report/walk.h"
#include "tools/run/codes.h"
#include "tools/run/evaluate.h"
#include "tools/run/open_run.h"
#include "tools/run/pictures.h"
#include "tools/run/run_directory.h"
#include "tools/run/statistics.h"
#include "tools/text.h"

namespace tools {

using nlohmann::json;

namespace {

// ---- what is known of a run -------------------------------------------------------------------------------

struct Run {
  std::string name, checkpoint;
  OpenRun open;
  std::vector<json> train, validation, test;  // rows of metrics.jsonl
  Scores of_test, of_validation;
};

std::vector<json> rows_of(const std::string& file, const std::string& split) {
  std::vector<json> rows;
  std::istringstream lines(content_of(file, 50'000'000));
  for (std::string line; std::getline(lines, line);) {
    try {
      const json row = parse_json(line, 1000);
      if (row.is_object() && row.value("split", "") == split) rows.push_back(row);
    } catch (const BadJson&) {  // a last line that a killed process did not finish
    }
  }
  return rows;
}

Run read_run(const std::string& directory, const ReportOptions& o) {
  RunOptions how;
  how.directory = directory, how.checkpoint = o.checkpoint, how.threads = o.threads;
  Run run = {RunDirectory(directory).name(), "", open_run(how, Needs::images), {}, {}, {}, {}, {}};
  run.checkpoint = run.open.checkpoint;
  const std::string metrics = RunDirectory(directory).metrics().string();
  if (std::filesystem::exists(metrics)) {
    run.train = rows_of(metrics, "train"), run.validation = rows_of(metrics, "validation");
    run.test = rows_of(metrics, "test");
  }
  const Experiment& e = *run.open.experiment;
  const auto scores = [&](Split split) {
    return score(e, split, std::min(o.images, e.data[split].count), o.importance_samples, true);
  };
  run.of_test = scores(Split::test), run.of_validation = scores(Split::validation);
  return run;
}

// ---- curves -----------------------------------------------------------------------------------------------

using Points = std::vector<std::pair<double, double>>;

// A number of each row, over epochs.
Points over_epochs(const std::vector<json>& rows, const std::string& key) {
  Points points;
  for (const json& row : rows)
    if (row.contains(key) && row[key].is_number()) points.emplace_back(row.value("epoch", 0.0), row[key]);
  return points;
}

Points of_level(const std::vector<json>& rows, std::size_t t) {
  Points points;
  for (const json& row : rows)
    if (row.contains("kl_per_level") && row["kl_per_level"].size() > t)
      points.emplace_back(row.value("epoch", 0.0), row["kl_per_level"][t]);
  return points;
}

// Of each run the validation rows as a line, and the training rows dashed.
std::string curve(const std::vector<Run>& runs, const std::string& title, const std::string& key) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string of = runs.size() > 1 ? runs[i].name + ", " : "";
    lines.push_back({of + "validation", i, false, over_epochs(runs[i].validation, key)});
    lines.push_back({of + "training", i, true, over_epochs(runs[i].train, key)});
  }
  return chart(title, "epoch", lines);
}

std::string curve_of_training(const std::vector<Run>& runs, const std::string& title,
                              const std::string& key) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < runs.size(); ++i)
    lines.push_back({runs[i].name, i, false, over_epochs(runs[i].train, key)});
  return chart(title, "epoch", lines);
}

std::string curves(const std::vector<Run>& runs) {
  std::string html = curve(runs, "bound, nats per image", "elbo") +
                     curve(runs, "reconstruction", "reconstruction") + curve(runs, "KL", "kl");
  for (const Run& run : runs) {
    const std::size_t L = run.open.experiment->model->levels();
    if (L < 2) continue;
    std::vector<Line> lines;
    for (std::size_t t = 0; t < L; ++t)
      lines.push_back({"level " + std::to_string(t), t, t >= 6, of_level(run.validation, t)});
    html += chart("KL of each level, validation" + (runs.size() > 1 ? ": " + run.name : std::string()),
                  "epoch", lines);
  }
  return html + curve_of_training(runs, "gradient norm, mean of an epoch", "gradient_norm") +
         curve_of_training(runs, "learning rate", "learning_rate");
}

// ---- numbers ----------------------------------------------------------------------------------------------

std::string with_error(const std::vector<double>& v) {
  return v.empty() ? "" : text("%.2f ± %.2f", mean(v), standard_error(v));
}

std::string numbers(const std::vector<Run>& runs) {
  std::vector<std::vector<std::string>> rows;
  for (const Run& run : runs) {
    double best = -INFINITY, epoch = 0;
    for (const json& row : run.validation)
      if (row.value("elbo", -INFINITY) > best) best = row["elbo"], epoch = row.value("epoch", 0.0);
    std::size_t weights = 0;
    for (const auto& [name, parameter] : run.open.experiment->model->parameters())
      weights += parameter->value().size();
    rows.push_back({run.name, std::to_string(weights),
                    run.validation.empty() ? "" : text("%.2f, epoch %g", best, epoch),
                    run.test.empty() ? "" : text("%.2f", run.test.back().value("elbo", 0.0)),
                    with_error(run.of_test.elbo), with_error(run.of_test.log_px)});
  }
  const std::string count = runs.empty() ? "0" : std::to_string(runs.front().of_test.elbo.size());
  return table({"run", "weights", "best validation bound", "test bound", "bound of " + count + " test images",
                "log p(x) of these"},
               rows);
}

// log p(x) ≥ E log p(x|z) − KL₀ − KL₁ …, with the numbers of the last validation under the terms.
std::string equation(const Run& run) {
  if (run.validation.empty()) return "";
  const json& row = run.validation.back();
  const auto term = [](const std::string& what, double value) {
    return "<span class=\"term\"><b>" + what + "</b><i>" + text("%.2f", value) + "</i></span>";
  };
  std::string html = term("bound", row.value("elbo", 0.0)) + " = " +
                     term("E<sub>q</sub> log p(x|z)", row.value("reconstruction", 0.0));
  std::size_t t = 0;
  for (const json& kl : row.value("kl_per_level", json::array()))
    html += " − " + term("KL<sub>" + std::to_string(t++) + "</sub>", kl.get<double>());
  return "<p class=\"equation\">" + html + "</p>\n";
}

// ---- options ----------------------------------------------------------------------------------------------

std::string options_of(const std::vector<Run>& runs) {
  std::vector<json> all;
  for (const Run& run : runs) all.push_back(to_json(run.open.experiment->config));
  std::vector<std::vector<std::string>> differ, same;
  for (const auto& [name, value] : all.front().items()) {
    std::vector<std::string> row = {name};
    bool alike = true;
    for (const json& options : all)
      row.push_back(options[name].dump()), alike = alike && options[name] == value;
    if (!alike) differ.push_back(row);
    if (alike) same.push_back({name, value.dump()});
  }
  std::vector<std::string> heading = {"option"};
  for (const Run& run : runs) heading.push_back(run.name);
  return (differ.empty() ? "" : table(heading, differ)) + "<details><summary>" +
         (runs.size() > 1 ? "options that all have" : "options") + "</summary>" +
         table({"option", "value"}, same) + "</details>\n";
}

// ---- images -----------------------------------------------------------------------------------------------

// How many of the values lie in each of 40 parts of their range, as lines.
std::string histogram(const Run& run) {
  if (run.of_test.log_px.empty()) return "";
  double low = INFINITY, high = -INFINITY;
  for (const auto* values : {&run.of_test.log_px, &run.of_validation.log_px})
    for (const double v : *values) low = std::min(low, v), high = std::max(high, v);
  constexpr std::size_t parts = 40;
  const auto line = [&](const std::string& name, std::size_t color, const std::vector<double>& values) {
    Points points;
    for (std::size_t k = 0; k < parts; ++k)
      points.emplace_back(low + (high - low) * (double(k) + 0.5) / parts, 0);
    for (const double v : values)
      points[std::min(parts - 1, std::size_t((v - low) / (high - low) * parts))].second +=
          1.0 / double(values.size());
    return Line{name, color, false, points};
  };
  return chart("log p(x) of single images, share of them", "nats",
               {line("test", 0, run.of_test.log_px), line("validation", 1, run.of_validation.log_px)});
}

// The test images of least and of greatest log p(x).
GreyImage extremes(const Run& run) {
  const std::vector<double>& v = run.of_test.log_px.empty() ? run.of_test.elbo : run.of_test.log_px;
  ImageIndices order = index_range(0, v.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return v[a] < v[b]; });
  const std::size_t n = std::min<std::size_t>(10, order.size());
  ImageIndices shown(order.begin(), order.begin() + std::ptrdiff_t(n));
  shown.insert(shown.end(), order.end() - std::ptrdiff_t(n), order.end());
  const Images& images = run.open.experiment->data.test;
  return sheet(images.gather(shown), images.height, images.width, n);
}

std::string sheets(const Run& run) {
  const Experiment& e = *run.open.experiment;
  std::string html = figure("samples: z ~ p(z), the mean of p(x|z)", sample_sheet(e, {}));
  if (e.model->levels() > 1) {
    SampleOptions fixed;
    fixed.levels_fixed = 1;
    html += figure("samples whose rows share z₀", sample_sheet(e, fixed));
  }
  html += figure("test images; as the model sees them, if that is otherwise; and reconstructed",
                 reconstruction_sheet(e, 16));
  html += figure("single latents of z₀, from −3 to 3 deviations", traverse_sheet(e, {}));
  html += figure("from one test image to another",
                 interpolation_sheet(e, std::min<std::size_t>(6, e.data.test.count / 2)));
  return html + figure("of " + counted(run.of_test.elbo.size(), "test image") +
                           ", those that the model finds least likely, and under them the most likely",
                       extremes(run));
}

}  // namespace

std::string report(const ReportOptions& o) {
  std::vector<Run> runs;
  for (const std::string& directory : o.runs) runs.push_back(read_run(directory, o));

  std::string body =
      section("Numbers", numbers(runs) +
                             "<p>In nats per image; ± is the standard error over images. log p(x) is "
                             "estimated from below, by " +
                             std::to_string(o.importance_samples) + " importance samples.</p>");
  if (runs.size() == 1) body += section("The bound", equation(runs.front()));
  if (runs.size() == 1) {
    const std::string steps = walk(*runs.front().open.experiment, 500);
    if (!steps.empty()) body += section("The latent space", steps);
  }
  body += section("Curves", "<div class=\"charts\">" + curves(runs) + "</div>");
  for (const Run& run : runs) {
    const std::string of = runs.size() > 1 ? ": " + run.name : "";
    body += section("Images" + of, "<p>By " + escaped(run.checkpoint) + ".</p>" + "<div class=\"charts\">" +
                                       sheets(run) + histogram(run) + "</div>");
  }
  body += section("Options", options_of(runs));
  std::string title = "elbo";
  for (const std::string& directory : o.runs) title += (title == "elbo" ? ": " : ", ") + directory;
  return page(title, body);
}

}  // namespace tools
