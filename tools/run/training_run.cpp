// The course of a run, around the algorithm (train.h). A checkpoint is saved after every epoch and when a
// signal stops the run. Next: run_writer.h, and what happens when something cannot be written.
#include "tools/run/training_run.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "autograd/inspect/trace.h"
#include "autograd/threads.h"
#include "tools/config/choices.h"
#include "tools/errors.h"
#include "tools/run/address_space.h"
#include "tools/run/checkpoint.h"
#include "tools/run/evaluate.h"
#include "tools/run/inspect_step.h"
#include "tools/run/run_writer.h"
#include "tools/run/signals.h"
#include "tools/run/stopwatch.h"
#include "tools/run/training_report.h"

namespace tools {

using namespace autograd;
using nlohmann::ordered_json;

namespace {

// Whether the newest checkpoint, if the run has come to one, is of these options and, where their digest is
// known, these data.
void check_run(const Config& config, const std::string& data_digest) {
  const RunDirectory run(config.out);
  run.require();
  std::string told_when_loading;
  const auto check = [&](const std::filesystem::path& file) { check_checkpoint(file, config, data_digest); };
  if (run.holds_checkpoint()) with_newest_checkpoint(run, check, told_when_loading);
}

// Compared before a model is made, of data and options that no checkpoint was made with.
Experiment experiment_of_run(const Config& config) {
  Dataset data = load_data(config);
  check_run(config, data.digest);
  return Experiment(config, std::move(data));
}

class TrainingRun {
 public:
  TrainingRun(const Config& config, const TrainingRunOptions& options)
      : options_(options),
        directory_(config.out),
        experiment_(options.resume ? experiment_of_run(config) : Experiment(config)) {
    if (!options.init.empty()) begin_with_weights(options.init, experiment_);
  }
  int run();

 private:
  bool epoch();  // false if a signal ended it
  void finish_epoch(double training_images_per_s);
  bool ended() const;  // all epochs are done, the time is used, or --patience has run out
  void count_time();   // that has passed since the last count
  void finish();
  void go_to_result();  // the weights become those of the result
  void tell_end();
  ordered_json metrics(Split split, const BoundTotals& means, double images_per_s) const;
  void warn(const std::string& text);
  [[noreturn]] void stop_not_finite(const std::string& reason);

  const TrainingRunOptions options_;
  const RunDirectory directory_;
  Experiment experiment_;
  Progress progress_;
  RunWriter files_{experiment_, progress_, [this](const std::string& text) { warn(text); }};
  std::optional<TrainingReport> report_;
  Stopwatch stopwatch_;
  double counted_ = 0;  // seconds
};

int TrainingRun::run() {
  // Take the directory.
  options_.resume ? files_.resume() : files_.begin(options_.force);

  // Tell what is trained.
  report_.emplace(experiment_, progress_, directory_, options_.quiet);
  if (ended() && files_.has_result()) {
    report_->finished_before();
    if (!directory_.holds_report()) go_to_result(), tell_end();
    return exit_ok;
  }
  if (!options_.graph.empty()) write_graph(experiment_, options_.graph);
  report_->begin();
  if (options_.profile) print_profile(experiment_);
  std::fflush(stdout);  // before the lines on stderr

  // Train epoch by epoch, until a signal stops it.
  bool stopped = false;
  while (!stopped && !ended()) {
    try {
      stopped = !epoch();
    } catch (const std::domain_error& origin) {  // of --trace-nan, line by line
      warn(origin.what());
      stop_not_finite("step " + std::to_string(progress_.step + 1) +
                      ": a value is not finite, as traced above");
    } catch (const Failure& failure) {
      if (failure.code() == exit_not_finite) stop_not_finite(failure.what());
      throw;
    }
  }

  // Save where it stopped, and try once more to write what could not be written.
  count_time();
  if (stopped || !files_.unsaved().empty()) files_.save();
  files_.write_metrics({});
  if (!files_.unsaved().empty()) throw Failure(exit_io, files_.unsaved());
  if (stopped) {
    files_.draw();
    report_->stopped();
  } else {
    finish();
  }
  if (!files_.unwritten().empty()) throw Failure(exit_io, files_.unwritten());
  if (!stopped) tell_end();
  return stopped ? 128 + stop_signal() : int(exit_ok);
}

bool TrainingRun::epoch() {
  const Stopwatch stopwatch;
  const std::uint64_t before = progress_.bound.images;
  const auto images_per_s = [&] { return double(progress_.bound.images - before) / stopwatch.seconds(); };
  {
    std::optional<TraceNonFinite> trace;
    if (options_.trace_nan) trace.emplace();
    const bool whole = train_epoch(experiment_, progress_, [&](const UpdateResult& update) {
      report_->step(update, images_per_s());
      return stop_signal() == 0;
    });
    if (!whole) return false;
  }
  finish_epoch(images_per_s());
  return true;
}

void TrainingRun::finish_epoch(double training_images_per_s) {
  // Close the epoch.
  const BoundTotals trained = progress_.bound.means();
  const UpdateTotals updates = progress_.updates;
  ++progress_.epoch;
  progress_.batch = 0;
  progress_.bound = {};
  progress_.updates = {};

  // Evaluate the validation images; the test images wait until the run ends. Write a row for each split.
  std::vector<ordered_json> rows = {metrics(Split::train, trained, training_images_per_s)};
  rows.back().update({{"learning_rate", updates.learning_rate},
                      {"gradient_norm", updates.norm_sum / double(updates.steps)},
                      {"gradient_norm_max", updates.norm_max},
                      {"skipped", updates.skipped}});
  BoundTotals validation;
  {
    const nn::Averaged averaged(experiment_.weight_update->average());
    const Stopwatch stopwatch;
    validation = evaluate(experiment_, Split::validation).mean;
    rows.push_back(metrics(Split::validation, validation, double(validation.images) / stopwatch.seconds()));
  }
  files_.write_metrics(std::move(rows));

  // Save, and say how it went.
  const bool best = progress_.best_epoch == 0 || validation.elbo > progress_.best_elbo;
  if (best) progress_.best_epoch = progress_.epoch, progress_.best_elbo = validation.elbo;
  count_time();
  progress_.seconds_of_epochs = progress_.seconds;
  files_.save();
  if (!ended() && files_.unsaved().empty()) files_.draw();
  report_->epoch(trained, validation, updates, training_images_per_s, best);
}

void TrainingRun::count_time() {
  const double now = stopwatch_.seconds();
  progress_.seconds += now - std::exchange(counted_, now);
}

bool TrainingRun::ended() const {
  const std::uint64_t patience = experiment_.config.patience;
  return double(progress_.epoch) >= planned_epochs(experiment_.config, progress_) ||
         (patience > 0 && progress_.batch == 0 && progress_.epoch >= progress_.best_epoch + patience);
}

// The newest or, under --patience, the best.
void TrainingRun::go_to_result() {
  if (experiment_.config.patience > 0 && !progress_.is_best()) files_.go_back_to_best();
}

void TrainingRun::tell_end() {
  if (!options_.at_end || stop_signal() != 0) return;
  const nn::Averaged averaged(experiment_.weight_update->average());
  let_signals_end();
  options_.at_end(experiment_, progress_);
}

// Evaluates the test images, once, and draws the last pictures.
void TrainingRun::finish() {
  go_to_result();
  files_.draw();
  const nn::Averaged averaged(experiment_.weight_update->average());
  const Stopwatch stopwatch;
  const BoundTotals test = evaluate(experiment_, Split::test).mean;
  files_.write_metrics({metrics(Split::test, test, double(test.images) / stopwatch.seconds())});
  if (!options_.quiet) report_->result(test);
}

ordered_json TrainingRun::metrics(Split split, const BoundTotals& means, double images_per_s) const {
  return {{"epoch", progress_.epoch},
          {"step", progress_.step},
          {"split", name_of(split)},
          {"elbo", means.elbo},
          {"reconstruction", means.reconstruction},
          {"kl", means.kl},
          {"kl_per_level", means.kl_per_level},
          {"images_per_s", images_per_s}};
}

void TrainingRun::warn(const std::string& text) {
  if (report_)
    report_->warning(text);
  else
    std::fprintf(stderr, "elbo: warning: %s\n", text.c_str());
}

void TrainingRun::stop_not_finite(const std::string& reason) {
  files_.write_metrics({});
  throw Failure(exit_not_finite,
                reason + "; a smaller --learning-rate often helps; " + files_.save_not_finite());
}

}  // namespace

int run_training(const Config& config, const TrainingRunOptions& options) {
  const bool prints = !options.quiet || options.profile;
  if (!options.graph.empty()) check_graph(options.graph, RunDirectory(config.out), prints);
  if (options.resume) check_run(config, "");
  set_threads(config.threads);
  check_address_space();
  return TrainingRun(config, options).run();
}

}  // namespace tools
