// What a run promises around the algorithm. A checkpoint is saved after every epoch and when a signal stops
// the run; whatever cannot be written leaves the file before it in place, and training goes on.
#include "tools/run/training_run.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "autograd/inspect/trace.h"
#include "autograd/threads.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/files/regular_file.h"
#include "tools/run/address_space.h"
#include "tools/run/checkpoint.h"
#include "tools/run/choices.h"
#include "tools/run/config_file.h"
#include "tools/run/evaluate.h"
#include "tools/run/inspect_step.h"
#include "tools/run/pictures.h"
#include "tools/run/run_lock.h"
#include "tools/run/signals.h"
#include "tools/run/stopwatch.h"
#include "tools/run/training_report.h"

namespace tools {

using namespace autograd;
using nlohmann::ordered_json;

namespace {

bool holds(const std::filesystem::path& path, const std::string& bytes) {
  try {
    return content_of(path, bytes.size()) == bytes;
  } catch (const Failure&) {
    return false;
  }
}

class TrainingRun {
 public:
  TrainingRun(const Config& config, const TrainingRunOptions& options)
      : options_(options),
        directory_(config.out),
        experiment_(options.resume ? Experiment(config, load_data(config)) : Experiment(config)) {}
  int run();

 private:
  bool epoch();  // false if a signal ended it
  void finish_epoch(double training_images_per_s);
  bool ended() const;  // all epochs are done, or --patience has run out
  bool has_result() const;
  void finish();
  void go_back_to_best();
  void draw();

  void write_config() const;
  void load();
  void save();
  [[noreturn]] void stop_not_finite(const Failure& failure);
  ordered_json metrics(Split split, const BoundTotals& means, double images_per_s) const;
  void write_metrics(std::vector<ordered_json> rows);

  bool is_best() const {
    return progress_.epoch > 0 && progress_.epoch == progress_.best_epoch && progress_.batch == 0;
  }

  const TrainingRunOptions options_;
  const RunDirectory directory_;
  std::optional<RunLock> lock_;
  Experiment experiment_;
  Progress progress_;
  std::optional<TrainingReport> report_;
  std::string unsaved_;  // why the newest checkpoint could not be written
  std::string best_;     // the best checkpoint, as long as it could not be written
  std::vector<ordered_json> unwritten_metrics_;
  std::string unwritten_;                  // why rows of the metrics could not be written
  std::set<std::string> failed_pictures_;  // why some could not be written, as it was told
};

// ---- the course of a run ----------------------------------------------------------------------------------

int TrainingRun::run() {
  // Take the directory.
  if (!options_.resume) directory_.make(options_.force);
  lock_.emplace(directory_.name());
  if (options_.resume)
    load();
  else
    directory_.clear(options_.force);
  write_config();

  // Tell what is trained.
  report_.emplace(experiment_, progress_, directory_, options_.quiet);
  if (ended() && has_result()) {
    report_->finished_before();
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
      report_->warning(origin.what());
      stop_not_finite({exit_not_finite, "step " + std::to_string(progress_.step + 1) +
                                            ": a value is not finite, as traced above"});
    } catch (const Failure& failure) {
      if (failure.code() == exit_not_finite) stop_not_finite(failure);
      throw;
    }
  }

  // Save where it stopped, and try once more to write what could not be written.
  if (stopped || !unsaved_.empty()) save();
  write_metrics({});
  if (!unsaved_.empty()) throw Failure(exit_io, unsaved_);
  if (stopped) {
    draw();
    report_->stopped();
  } else {
    finish();
  }
  if (!unwritten_.empty()) throw Failure(exit_io, unwritten_);
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
  write_metrics(std::move(rows));

  // Save, and say how it went.
  const bool best = progress_.best_epoch == 0 || validation.elbo > progress_.best_elbo;
  if (best) progress_.best_epoch = progress_.epoch, progress_.best_elbo = validation.elbo;
  save();
  if (!ended() && unsaved_.empty()) draw();
  report_->epoch(trained, validation, updates, training_images_per_s, best);
}

bool TrainingRun::ended() const {
  const std::uint64_t patience = experiment_.config.patience;
  return progress_.epoch >= experiment_.config.epochs ||
         (patience > 0 && progress_.batch == 0 && progress_.epoch >= progress_.best_epoch + patience);
}

// The row of the test images is the last of a run that has ended.
bool TrainingRun::has_result() const {
  const std::uint64_t most_bytes = 50'000'000;
  try {
    const std::string rows = content_of(directory_.metrics(), most_bytes);
    const std::size_t before = rows.size() < 2 ? std::string::npos : rows.rfind('\n', rows.size() - 2);
    return rows.find("\"split\":\"test\"", before == std::string::npos ? 0 : before) != std::string::npos;
  } catch (const Failure&) {
    return false;
  }
}

// Evaluates the test images, once, and draws the last pictures: by the newest weights or, under --patience,
// by the best.
void TrainingRun::finish() {
  if (experiment_.config.patience > 0 && !is_best()) go_back_to_best();
  draw();
  const nn::Averaged averaged(experiment_.weight_update->average());
  const Stopwatch stopwatch;
  const BoundTotals test = evaluate(experiment_, Split::test).mean;
  write_metrics({metrics(Split::test, test, double(test.images) / stopwatch.seconds())});
  if (!options_.quiet) report_->result(test);
}

void TrainingRun::go_back_to_best() {
  try {
    progress_ = load_checkpoint(directory_.best(), experiment_);
  } catch (const Failure& failure) {
    report_->warning(std::string(failure.what()) + "; the result is that of the last weights");
  }
}

// Pictures of the averaged weights, if there are any. One that cannot be written is not worth a run.
void TrainingRun::draw() {
  const nn::Averaged averaged(experiment_.weight_update->average());
  const auto write = [&](const std::filesystem::path& file, const GreyImage& picture) {
    try {
      write_png(file, picture);
    } catch (const Failure& failure) {
      if (failed_pictures_.insert(failure.what()).second) report_->warning(failure.what());
    }
  };
  write(directory_.samples(), sample_sheet(experiment_, 64, experiment_.config.seed, false));
  write(directory_.reconstructions(), reconstruction_sheet(experiment_, 32));
}

// ---- checkpoints ------------------------------------------------------------------------------------------

// All options but the directory, which the file is in: a copy of them is for another.
void TrainingRun::write_config() const {
  nlohmann::json all = to_json(experiment_.config);
  all.erase("out");
  write_atomically(directory_.config(), all.dump(2) + "\n");
}

// A run that ended before its first checkpoint starts from its beginning, which gives the same.
void TrainingRun::load() {
  if (directory_.holds_checkpoint()) {
    std::string warning;
    const std::filesystem::path newest = with_newest_checkpoint(
        directory_,
        [&](const std::filesystem::path& file) { progress_ = load_checkpoint(file, experiment_); }, warning);
    if (!warning.empty()) std::fprintf(stderr, "elbo: warning: %s\n", warning.c_str());
    const std::uint64_t begun = progress_.epoch + (progress_.batch > 0);
    if (experiment_.config.epochs < begun)
      throw Failure(exit_usage, "--epochs " + std::to_string(experiment_.config.epochs) +
                                    " contradicts the run, which is in epoch " + std::to_string(begun) +
                                    " already");

    // Replace a damaged newest checkpoint, which the next save would keep as the previous one; and write the
    // best one if the run was killed between the two files of a save.
    const std::string bytes = checkpoint_bytes(experiment_, progress_);
    if (newest != directory_.last()) write_atomically(directory_.last(), bytes);
    if (is_best() && !holds(directory_.best(), bytes)) write_atomically(directory_.best(), bytes);
  }
  directory_.forget_metrics_after(progress_.epoch);
}

void TrainingRun::save() {
  lock_->check();
  const bool again = !unsaved_.empty();
  unsaved_.clear();
  const auto try_to = [&](const auto& write) {
    try {
      write();
      return true;
    } catch (const Failure& failure) {
      unsaved_ = failure.what();
      report_->warning(unsaved_ + "; training goes on");
      return false;
    }
  };

  // The newest checkpoint, and then the best one, which waits until it could be written.
  const std::string bytes = checkpoint_bytes(experiment_, progress_);
  if (is_best()) best_ = bytes;
  // What was written, but not the best one after it, is not the previous one.
  const bool there = again && holds(directory_.last(), bytes);
  const bool saved = try_to([&] {
    there ? write_atomically(directory_.last(), bytes)
          : write_atomically_keeping_previous(directory_.last(), directory_.previous(), bytes);
  });
  if (saved && !best_.empty() && try_to([&] { write_atomically(directory_.best(), best_); })) best_.clear();
}

// Saves the state beside the checkpoints, for finding the cause.
void TrainingRun::stop_not_finite(const Failure& failure) {
  write_metrics({});
  std::string kept =
      "the state after step " + std::to_string(progress_.step) + " is in " + directory_.non_finite().string();
  try {
    write_atomically(directory_.non_finite(), checkpoint_bytes(experiment_, progress_));
  } catch (const Failure& unwritten) {
    kept = unwritten.what();
  }
  throw Failure(exit_not_finite,
                std::string(failure.what()) + "; a smaller --learning-rate often helps; " + kept);
}

// ---- metrics ----------------------------------------------------------------------------------------------

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

// Rows that cannot be written wait for the next epoch; the first failure is told.
void TrainingRun::write_metrics(std::vector<ordered_json> rows) {
  for (ordered_json& row : rows) unwritten_metrics_.push_back(std::move(row));
  if (unwritten_metrics_.empty()) return;
  lock_->check();
  try {
    directory_.append_metrics(unwritten_metrics_);
    unwritten_metrics_.clear();
    unwritten_.clear();
  } catch (const Failure& failure) {
    if (unwritten_.empty()) report_->warning(std::string(failure.what()) + "; training goes on");
    unwritten_ = failure.what();
  }
}

}  // namespace

int run_training(const Config& config, const TrainingRunOptions& options) {
  if (options.resume) {
    // Before a model is made of options that no checkpoint was made with.
    const RunDirectory run(config.out);
    run.require();
    std::string told_when_loading;
    const auto check = [&](const std::filesystem::path& file) { check_checkpoint(file, config); };
    if (run.holds_checkpoint()) with_newest_checkpoint(run, check, told_when_loading);
  }
  set_threads(config.threads);
  check_address_space();
  return TrainingRun(config, options).run();
}

}  // namespace tools
