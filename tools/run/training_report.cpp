// Lines of text.
#include "tools/run/training_report.h"

#include <cstdio>

#include "tools/text.h"

namespace tools {

TrainingReport::TrainingReport(const Experiment& experiment, const Progress& progress,
                               const RunDirectory& directory, bool quiet)
    : experiment_(experiment),
      progress_(progress),
      directory_(directory),
      line_(steps_done(), experiment.config.epochs * experiment.steps_per_epoch(), quiet) {}

std::string TrainingReport::epoch_text(std::uint64_t epoch) const {
  return "epoch " + std::to_string(epoch) + "/" + std::to_string(experiment_.config.epochs);
}

std::uint64_t TrainingReport::steps_done() const {
  return progress_.epoch * experiment_.steps_per_epoch() + progress_.batch;
}

void TrainingReport::begin() {
  const Config& config = experiment_.config;
  const Dataset& data = experiment_.data;
  std::size_t weights = 0, bytes = std::size_t(experiment_.training_bytes);
  for (const auto& [name, parameter] : experiment_.model->parameters()) weights += parameter->value().size();
  for (const Images* images : {&data.train, &data.validation, &data.test})
    bytes += images->bytes.size() + images->floats.size() * sizeof(float);

  const auto number = [](std::size_t n) { return std::to_string(n); };
  line_.line(config.model + " on " + data.name + ": " + number(data.train.count) + " training, " +
             number(data.validation.count) + " validation, " + number(data.test.count) + " test images of " +
             number(data.train.height) + "x" + number(data.train.width) + ", binarized: " + config.binarize);
  line_.line(number(weights) + " parameters, " + number(bytes / 1000000) + " MB; " + number(config.threads) +
             " threads, seed " + number(config.seed) + "; " +
             (progress_.step ? "continues after step " + number(progress_.step) + " in " : "into ") +
             directory_.name());
}

void TrainingReport::step(const UpdateResult& update, double images_per_s) {
  // Warn of the first skipped step of an epoch; the line at its end has their number.
  if (update.skipped && progress_.updates.skipped == 1)
    line_.warning("step " + std::to_string(progress_.step) +
                  text(" is skipped: the norm of its gradient is %.3g, and %g times the median of the last "
                       "is %.3g",
                       update.norm, experiment_.config.skip_outliers, update.limit));
  if (!line_.due()) return;
  const BoundTotals means = progress_.bound.means();
  line_.show(steps_done(),
             epoch_text(progress_.epoch + 1) + "   step " + std::to_string(progress_.step) +
                 text("   elbo %.2f   kl %.2f   %.0f images/s", means.elbo, means.kl, images_per_s));
}

void TrainingReport::epoch(const BoundTotals& trained, const BoundTotals& validation,
                           const UpdateTotals& updates, double images_per_s, bool best) {
  line_.line(epoch_text(progress_.epoch) +
             text("   train %.2f   validation %.2f   kl %.2f   %.0f images/s", trained.elbo, validation.elbo,
                  validation.kl, images_per_s) +
             (updates.skipped ? "   " + std::to_string(updates.skipped) + " skipped" : "") +
             (best ? "   best so far" : ""));
}

void TrainingReport::stopped() {
  line_.line("stopped and saved; `elbo train --resume --out " + directory_.name() + "` continues");
}

void TrainingReport::result(const BoundTotals& test) {
  std::printf("test bound %.2f nats per image = reconstruction %.2f - KL %.2f\n", test.elbo,
              test.reconstruction, test.kl);
  std::printf("samples:         %s\nreconstructions: %s\n", directory_.samples().c_str(),
              directory_.reconstructions().c_str());
}

}  // namespace tools
