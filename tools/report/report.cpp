// The page, section by section.
#include "tools/report/report.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/config/config_file.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/report/chart.h"
#include "tools/report/curves.h"
#include "tools/report/overview.h"
#include "tools/report/page.h"
#include "tools/report/rate_distortion.h"
#include "tools/report/sheets.h"
#include "tools/report/tape_picture.h"
#include "tools/report/walk.h"
#include "tools/run/inspect_step.h"
#include "tools/run/open_run.h"
#include "tools/run/run_directory.h"
#include "tools/run/statistics.h"
#include "tools/text.h"

namespace tools {

using nlohmann::json;

namespace {

// ---- numbers ----------------------------------------------------------------------------------------------

std::string nats(double v) { return std::isfinite(v) ? text("%.2f", v) : "unknown"; }

std::string with_error(const std::vector<double>& v) {
  if (v.empty()) return "";
  return nats(mean(v)) + (v.size() > 1 ? text(" ± %.2f", standard_error(v)) : "");
}

std::string numbers(const std::vector<ReportedRun>& runs) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportedRun& run : runs) {
    double best = -INFINITY, epoch = 0;
    for (const MetricsRow& row : run.metrics.validation)
      if (row.elbo > best) best = row.elbo, epoch = row.epoch;
    std::size_t weights = 0;
    for (const auto& [name, parameter] : run.experiment.model->parameters())
      weights += parameter->value().size();
    rows.push_back({run.name, std::to_string(weights),
                    std::isfinite(best) ? text("%.2f, epoch %g", best, epoch) : "",
                    run.metrics.test.empty() ? "" : nats(run.metrics.test.back().elbo),
                    with_error(run.of_test.elbo), with_error(run.of_test.log_px)});
  }
  const std::string count = runs.empty() ? "0" : std::to_string(runs.front().of_test.elbo.size());
  std::vector<std::string> headings = {"run",
                                       "weights",
                                       "best validation bound",
                                       "test bound",
                                       "bound of " + count + " test images",
                                       "log p(x) of these"};
  const bool missing = std::any_of(runs.begin(), runs.end(),
                                   [](const ReportedRun& run) { return run.of_test.share_missing > 0; });
  for (std::size_t i = 0; missing && i < runs.size(); ++i)
    rows[i].push_back(text("%.2g %%, left out of bounds", 100 * runs[i].of_test.share_missing));
  if (missing) headings.push_back("pixels missing");
  return table(headings, rows);
}

// log p(x) ≥ E log p(x|z) − KL₀ − KL₁ …, with the numbers of the last validation under the terms.
std::string equation(const ReportedRun& run) {
  if (run.metrics.validation.empty()) return "";
  const MetricsRow& row = run.metrics.validation.back();
  const auto term = [](const std::string& what, double value) {
    return "<span class=\"term\"><b>" + what + "</b><i>" + nats(value) + "</i></span>";
  };
  std::string html = term("bound", row.elbo) + " = " + term("E<sub>q</sub> log p(x|z)", row.reconstruction);
  std::size_t t = 0;
  for (const double kl : row.kl_per_level)
    html += " − " + term("KL<sub>" + std::to_string(t++) + "</sub>", kl);
  return "<p class=\"equation\">" + html + "</p>\n";
}

// ---- options ----------------------------------------------------------------------------------------------

std::string options_of(const std::vector<ReportedRun>& runs) {
  std::vector<json> all;
  for (const ReportedRun& run : runs) all.push_back(to_json(run.experiment.config));
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
  for (const ReportedRun& run : runs) heading.push_back(run.name);
  return (differ.empty() ? "" : table(heading, differ)) + "<details><summary>" +
         (runs.size() > 1 ? "options that all have" : "options") + "</summary>" +
         table({"option", "value"}, same) + "</details>\n";
}

// ---- the tape ---------------------------------------------------------------------------------------------

// One step of the run's own model, folded away.
std::string tape_of(const Experiment& e) {
  if (e.data.train.count == 0) return "";
  constexpr std::size_t most = 600;
  std::map<const autograd::Parameter*, std::string> names;
  for (const auto& [name, parameter] : e.model->parameters()) names[parameter] = name;
  autograd::Step scope;
  trial_loss(e);
  const autograd::Tape& tape = autograd::Tape::current();
  return "<details><summary>" + counted(tape.size(), "node") + " from the images to the loss</summary>\n<p>" +
         "In the order in which they were recorded, which the reverse pass goes back. Parameters are filled, "
         "what is given is dashed; arcs lead from operands to what is made of them." +
         (tape.size() > most
              ? text(" These are the first %zu; <code>elbo train --graph FILE</code> writes all.", most)
              : "") +
         "</p>\n" + tape_picture(tape, names, most) + "</details>\n";
}

// ---- the whole --------------------------------------------------------------------------------------------

RunReport report_of(const std::vector<ReportedRun>& runs, std::size_t importance_samples) {
  std::string body =
      section("Numbers", numbers(runs) +
                             "<p>In nats per image; ± is the standard error over images. log p(x) is "
                             "estimated from below, by " +
                             std::to_string(importance_samples) + " importance samples.</p>");
  if (runs.size() == 1) body += section("The bound", equation(runs.front()));
  if (runs.size() == 1) {
    const std::string steps = walk(runs.front().experiment, 500);
    if (!steps.empty()) body += section("The latent space", steps);
  }
  if (const std::string plane = rate_distortion(runs); !plane.empty())
    body += section("Rate and distortion", plane);
  body += section("Curves", "<div class=\"charts\">" + curves(runs) + "</div>");
  for (const ReportedRun& run : runs) {
    const std::string of = runs.size() > 1 ? ": " + run.name : "";
    body += section("Images" + of, "<p>By " + escaped(run.weights) + ".</p>" + "<div class=\"charts\">" +
                                       sheets(run) + "</div>");
  }
  if (runs.size() == 1) body += section("The tape of a step", tape_of(runs.front().experiment));
  body += section("Options", options_of(runs));
  std::string title = "elbo";
  for (const ReportedRun& run : runs) title += (title == "elbo" ? ": " : ", ") + run.name;
  return {page(title, body), overview(runs)};
}

std::filesystem::path picture_beside(const std::string& file) {
  const std::filesystem::path page = file;
  if (page.filename() == RunDirectory("").report().filename())
    return RunDirectory(page.parent_path()).results();
  return std::filesystem::path(page).replace_extension(".png");
}

// Whether a file may stand beside it.
bool is_place(const std::string& file) {
  std::error_code error;
  return standard_stream(file) < 0 &&
         (!std::filesystem::exists(file, error) || std::filesystem::is_regular_file(file, error));
}

}  // namespace

RunReport report(const ReportOptions& o) {
  std::vector<OpenRun> open;
  std::vector<ReportedRun> runs;
  for (const std::string& directory : o.runs) {
    RunOptions how;
    how.directory = directory, how.checkpoint = o.checkpoint, how.threads = o.threads;
    open.push_back(open_run(how, Needs::images));
    runs.push_back(reported_run(RunDirectory(directory).name(), open.back().checkpoint,
                                *open.back().experiment, o.images, o.importance_samples));
  }
  return report_of(runs, o.importance_samples);
}

RunReport report_at_end(const Experiment& e, const Progress& progress) {
  constexpr std::size_t images = 100, importance_samples = 20;
  const std::string weights = text("the weights after epoch %zu", std::size_t(progress.epoch));
  return report_of({reported_run(e.config.out, weights, e, images, importance_samples)}, importance_samples);
}

void check_report_output(const std::string& file) {
  check_output(file);
  if (picture_beside(file) == file)
    throw Failure(exit_usage,
                  "-o " + file + ": is the name of the picture beside the page; name the page .html");
  if (is_place(file)) check_output(picture_beside(file));
}

void write_report(const std::string& file, const RunReport& report) {
  const bool with_picture = is_place(file);
  write_output(file, report.html);
  if (with_picture) write_png(picture_beside(file), report.picture);
}

}  // namespace tools
