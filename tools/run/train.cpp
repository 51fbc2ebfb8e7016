// The training loop: the step, the epoch, and around them what a run promises (saving, resuming, telling).
#include "tools/run/train.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "autograd/inspect/graph.h"
#include "autograd/inspect/profile.h"
#include "autograd/inspect/trace.h"
#include "autograd/kernels/threads.h"
#include "autograd/ops.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/run/checkpoint.h"
#include "tools/run/pictures.h"
#include "tools/run/progress_line.h"
#include "tools/run/run_lock.h"
#include "tools/run/signals.h"
#include "tools/run/stopwatch.h"
#include "tools/text.h"

namespace tools {

using namespace autograd;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Training {
 public:
  Training(const Config& config, const TrainOptions& options);
  int run();

 private:
  void step(const Rows& rows);
  bool epoch();  // false if a signal ended it
  void finish_epoch(double training_images_per_s);
  void load();
  void trial_step();
  void announce();
  void look_inside();
  nlohmann::ordered_json metrics(Split split, const Totals& means, double images_per_s) const;
  bool is_best() const {
    return progress_.epoch > 0 && progress_.epoch == progress_.best_epoch && progress_.batch == 0;
  }
  void save();
  void draw() const;
  void report() const;
  [[noreturn]] void stop_not_finite(const Failure& failure);

  std::string epoch_text(std::uint64_t epoch) const {
    return "epoch " + std::to_string(epoch) + "/" + std::to_string(config_.epochs);
  }
  std::uint64_t batches() const { return experiment_.steps_per_epoch(); }

  const Config config_;
  const TrainOptions options_;
  const RunDirectory directory_;
  Experiment experiment_;
  vae::KLForm kl_;
  Progress progress_;
  std::optional<ProgressLine> line_;
  std::string unsaved_;                                  // why the newest checkpoint could not be written
  std::string best_;                                     // the best one, while it is not
  std::vector<nlohmann::ordered_json> metrics_waiting_;  // rows that are not written yet
  bool metrics_failed_ = false;
};

Training::Training(const Config& config, const TrainOptions& options)
    : config_(config),
      options_(options),
      directory_(config.out),
      experiment_(config),
      kl_(vae::kl_form_named(config.kl)) {}

// ---- the algorithm ----------------------------------------------------------------------------------------

// One step of ascent: a minibatch x, z ~ q(z|x), the bound, its gradient, the optimizer.
void Training::step(const Rows& rows) {
  const std::uint64_t epoch = progress_.epoch + 1;
  const Stream noise =
      for_rows(experiment_.stream().at(Purpose::posterior).at_epoch(std::uint32_t(epoch)), rows);

  Step scope;
  std::optional<TraceNonFinite> trace;
  if (options_.trace_nan) trace.emplace();
  const Var x = constant(experiment_.presented_in_training(rows, epoch));
  const vae::Bound bound = vae::elbo(*experiment_.model, x, config_.samples, kl_, noise);
  const Var loss = -mean(bound.elbo);
  experiment_.check_finite(loss, "step " + std::to_string(progress_.step + 1) + ": the loss");
  const Gradients g = backward(loss);
  const Descended descended = experiment_.descent->step(g, progress_.step);
  if (descended.skipped &&
      progress_.descended.skipped == 0)  // how many there were, is told at the end of the epoch
    line_->warning(
        "step " + std::to_string(progress_.step + 1) +
        text(" is skipped: the norm of its gradient is %.3g, and %g times the median of the last is %.3g",
             descended.norm, config_.skip_outliers, descended.limit));

  progress_.running.add(bound);
  progress_.descended.add(descended);
  ++progress_.step;
  ++progress_.batch;
}

// The order of an epoch follows from the seed and its number, so a resumed epoch continues where it stopped.
bool Training::epoch() {
  const Stopwatch stopwatch;
  const std::size_t count = experiment_.data.train.count;
  const std::vector<std::size_t> order = permutation(
      experiment_.stream().at(Purpose::order).at_epoch(std::uint32_t(progress_.epoch + 1)), count);
  const std::uint64_t before = progress_.running.images;
  const auto images_per_s = [&] { return double(progress_.running.images - before) / stopwatch.seconds(); };

  while (progress_.batch < batches()) {
    const std::size_t first = progress_.batch * config_.batch_size,
                      last = std::min<std::size_t>(count, first + config_.batch_size);
    step({order.begin() + std::ptrdiff_t(first), order.begin() + std::ptrdiff_t(last)});
    if (line_->due()) {
      const Totals means = progress_.running.means();
      line_->show(progress_.epoch * batches() + progress_.batch,
                  epoch_text(progress_.epoch + 1) + "   step " + std::to_string(progress_.step) +
                      text("   elbo %.2f   kl %.2f   %.0f images/s", means.elbo, means.kl, images_per_s()));
    }
    if (stop_signal()) return false;
  }
  finish_epoch(images_per_s());
  return true;
}

void Training::finish_epoch(double training_images_per_s) {
  const Totals trained = progress_.running.means();
  const DescentTotals descended = progress_.descended;
  ++progress_.epoch;
  progress_.batch = 0;
  progress_.running = {};
  progress_.descended = {};

  std::vector<nlohmann::ordered_json>& rows = metrics_waiting_;
  rows.push_back(metrics(Split::train, trained, training_images_per_s));
  rows.back().update({{"learning_rate", descended.learning_rate},
                      {"gradient_norm", descended.norm_sum / double(descended.steps)},
                      {"gradient_norm_max", descended.norm_max},
                      {"skipped", descended.skipped}});
  Totals validation;
  for (const Split split : {Split::validation, Split::test}) {
    const nn::Averaged averaged(experiment_.descent->average());
    const Stopwatch stopwatch;
    const Totals means = experiment_.evaluate(split);
    rows.push_back(metrics(split, means, double(means.images) / stopwatch.seconds()));
    if (split == Split::validation) validation = means;
  }
  const bool written = directory_.append_metrics(rows);
  if (written) rows.clear();
  if (!written && !metrics_failed_)
    line_->warning(directory_.metrics().string() + ": cannot be written; training goes on");
  metrics_failed_ = !written;

  const bool best = progress_.best_epoch == 0 || validation.elbo > progress_.best_elbo;
  if (best) progress_.best_epoch = progress_.epoch, progress_.best_elbo = validation.elbo;
  save();
  line_->line(epoch_text(progress_.epoch) +
              text("   train %.2f   validation %.2f   kl %.2f   %.0f images/s", trained.elbo, validation.elbo,
                   validation.kl, training_images_per_s) +
              (descended.skipped ? "   " + std::to_string(descended.skipped) + " skipped" : "") +
              (best ? "   best so far" : ""));
}

// ---- around it --------------------------------------------------------------------------------------------

nlohmann::ordered_json Training::metrics(Split split, const Totals& means, double images_per_s) const {
  return {{"epoch", progress_.epoch},
          {"step", progress_.step},
          {"split", name_of(split)},
          {"elbo", means.elbo},
          {"reconstruction", means.reconstruction},
          {"kl", means.kl},
          {"kl_per_level", means.kl_per_level},
          {"images_per_s", images_per_s}};
}

// What cannot be written leaves the file before in place; training goes on, and the next save tries again.
void Training::save() {
  unsaved_.clear();
  const auto try_to = [&](const auto& write) {
    try {
      write();
      return true;
    } catch (const Failure& failure) {
      unsaved_ = failure.what();
      line_->warning(unsaved_ + "; training goes on");
      return false;
    }
  };
  const std::string bytes = checkpoint_bytes(experiment_, progress_);
  if (is_best()) best_ = bytes;
  const bool saved =
      try_to([&] { write_atomically_keeping_previous(directory_.last(), directory_.previous(), bytes); });
  if (saved && !best_.empty() && try_to([&] { write_atomically(directory_.best(), best_); })) best_.clear();
}

// Leaves the state beside the checkpoints, for whoever wants to know why.
void Training::stop_not_finite(const Failure& failure) {
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

// A step that changes nothing, to measure by.
void Training::trial_step() {
  const Rows rows = row_range(0, std::min<std::size_t>(config_.batch_size, experiment_.data.train.count));
  const Var x = constant(experiment_.presented_in_training(rows, 0));
  backward(-mean(vae::elbo(*experiment_.model, x, config_.samples, kl_, experiment_.stream()).elbo));
}

// What is about to be trained, and the memory that it takes.
void Training::announce() {
  std::size_t weights = 0, state = 0;
  for (const auto& [name, parameter] : experiment_.model->parameters()) weights += parameter->value().size();
  experiment_.descent->visit_state([&](const std::string&, Array& array) { state += array.size(); });
  {
    Step scope;
    trial_step();
    if (!options_.graph.empty()) write_atomically(options_.graph, to_dot(Tape::current()));
  }
  const Dataset& data = experiment_.data;
  std::size_t bytes = Tape::current().bytes() + (weights + state) * sizeof(Real);
  for (const Images* images : {&data.train, &data.validation, &data.test})
    bytes += images->bytes.size() + images->floats.size() * sizeof(float);

  const auto number = [](std::size_t n) { return std::to_string(n); };
  line_->line(config_.model + " on " + data.name + ": " + number(data.train.count) + " training, " +
              number(data.validation.count) + " validation, " + number(data.test.count) + " test images of " +
              number(data.train.height) + "x" + number(data.train.width) +
              ", binarized: " + config_.binarize);
  line_->line(number(weights) + " parameters, " + number(bytes / 1000000) + " MB; " +
              number(config_.threads) + " threads, seed " + number(config_.seed) + "; " +
              (progress_.step ? "continues after step " + number(progress_.step) + " in " : "into ") +
              directory_.name());
}

// Where a step's time goes, once it is warm.
void Training::look_inside() {
  const int steps = 20;
  Profile profile;
  for (int i = 0; i < steps; ++i) {
    Step scope;
    trial_step();
  }
  std::printf("a step without the optimizer, by operation:\n%s", profile.table(steps).c_str());
}

void Training::draw() const {
  const nn::Averaged averaged(experiment_.descent->average());
  write_png(directory_.samples(), sample_sheet(experiment_, 64, config_.seed, false));
  write_png(directory_.reconstructions(), reconstruction_sheet(experiment_, 32));
}

void Training::report() const {
  if (options_.quiet) return;
  const nn::Averaged averaged(experiment_.descent->average());
  const Totals test = experiment_.evaluate(Split::test);
  std::printf("test bound %.2f nats per image = reconstruction %.2f - KL %.2f\n", test.elbo,
              test.reconstruction, test.kl);
  std::printf("samples:         %s\nreconstructions: %s\n", directory_.samples().c_str(),
              directory_.reconstructions().c_str());
}

// A run that ended before its first checkpoint continues from its beginning, which is the same.
void Training::load() {
  if (directory_.holds_checkpoint()) {
    const std::filesystem::path newest = newest_checkpoint(directory_);
    progress_ = load_checkpoint(newest, experiment_);
    const std::uint64_t begun = progress_.epoch + (progress_.batch > 0);
    if (config_.epochs < begun)
      throw Failure(exit_usage, "--epochs " + std::to_string(config_.epochs) +
                                    " contradicts the run, which is in epoch " + std::to_string(begun) +
                                    " already");
    // Put a whole file in the damaged one's place, or the next save would keep that as the previous one; and
    // a run that was killed between the two files of a save lacks the second.
    const std::string bytes = checkpoint_bytes(experiment_, progress_);
    if (newest != directory_.last()) write_atomically(directory_.last(), bytes);
    if (is_best() && content(directory_.best()) != bytes) write_atomically(directory_.best(), bytes);
  }
  directory_.forget_metrics_after(progress_.epoch);
}

int Training::run() {
  if (!options_.resume) directory_.make(options_.force);
  const RunLock lock(directory_.name());
  if (options_.resume)
    load();
  else
    directory_.clear(options_.force);
  write_atomically(directory_.config(), to_json(config_).dump(2) + "\n");

  line_.emplace(progress_.epoch * batches() + progress_.batch, config_.epochs * batches(), options_.quiet);
  announce();
  if (options_.profile) look_inside();
  while (progress_.epoch < config_.epochs) {
    try {
      if (epoch()) continue;
    } catch (const std::domain_error& origin) {  // of --trace-nan, line by line
      line_->warning(origin.what());
      stop_not_finite({exit_not_finite, "step " + std::to_string(progress_.step + 1) +
                                            ": a value is not finite, as traced above"});
    } catch (const Failure& failure) {
      if (failure.code() == exit_not_finite) stop_not_finite(failure);
      throw;
    }
    save();
    if (!unsaved_.empty()) break;
    line_->line("stopped and saved; `elbo train --resume --out " + directory_.name() + "` continues");
    return 128 + stop_signal();
  }
  if (!unsaved_.empty()) save();
  if (!unsaved_.empty()) throw Failure(exit_io, unsaved_);
  draw();
  report();
  return exit_ok;
}

}  // namespace

int train(const Config& config, const TrainOptions& options) {
  if (options.resume) RunDirectory(config.out).require();
  set_threads(config.threads);
  return Training(config, options).run();
}

}  // namespace tools
