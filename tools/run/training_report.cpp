// Lines of text.
#include "tools/run/training_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/printable.h"
#include "tools/text.h"

namespace tools {

namespace {

// For the time that is left: a training image is passed forward and backward, which takes about three times
// as long as one that is evaluated.
constexpr std::uint64_t of_training = 3;

std::uint64_t work_of_epoch(const Dataset& data) {
  return of_training * data.train.count + data.validation.count;
}

// " (12.3, 4.5, 0.1)", of a few levels; none of one
std::string of_levels(const std::vector<double>& kl) {
  if (kl.size() < 2 || kl.size() > 12) return "";
  std::string list;
  for (const double kl_t : kl) list += text(list.empty() ? " (%.1f" : ", %.1f", kl_t);
  return list + ")";
}

}  // namespace

TrainingReport::TrainingReport(const Experiment& experiment, const Progress& progress,
                               const RunDirectory& directory, bool quiet)
    : experiment_(experiment), progress_(progress), directory_(directory), line_(work_done(), quiet) {}

std::uint64_t TrainingReport::work_planned() const {
  const double epochs = planned_epochs(experiment_.config, progress_);
  if (std::isinf(epochs)) return 0;  // not known yet
  return std::uint64_t(std::round(epochs) * double(work_of_epoch(experiment_.data))) +
         experiment_.data.test.count;
}

// "epoch  2/20"
std::string TrainingReport::epoch_text(std::uint64_t epoch) const {
  const double epochs = planned_epochs(experiment_.config, progress_);
  const std::string total = std::isinf(epochs) ? "?" : text("%.0f", epochs), number = std::to_string(epoch);
  return "epoch " + std::string(total.size() - std::min(total.size(), number.size()), ' ') + number + "/" +
         total;
}

std::uint64_t TrainingReport::work_done() const {
  return progress_.epoch * work_of_epoch(experiment_.data) + of_training * progress_.bound.images;
}

void TrainingReport::begin() {
  const Config& config = experiment_.config;
  const Dataset& data = experiment_.data;
  std::size_t weights = 0;
  const std::size_t bytes = std::size_t(experiment_.training_bytes) + data.size_in_bytes();
  for (const auto& [name, parameter] : experiment_.model->parameters()) weights += parameter->value().size();

  const auto number = [](std::size_t n) { return std::to_string(n); };
  line_.line(config.model + " on " + data.name + ": " + number(data.train.count) + " training, " +
             number(data.validation.count) + " validation, " + number(data.test.count) + " test images of " +
             number(data.train.height) + "x" + number(data.train.width) + ", binarized: " + config.binarize);
  about_data();
  line_.line(counted(weights, "parameter") + ", " + number(bytes / 1000000) + " MB; " +
             counted(config.threads, "thread") + ", seed " + number(config.seed) + "; " +
             (progress_.step ? "continues after step " + number(progress_.step) + " in " : "into ") +
             directory_.name());
}

// What happens to the images on their way into the model, and between training and testing.
void TrainingReport::about_data() {
  const Config& config = experiment_.config;
  const Dataset& data = experiment_.data;
  if (experiment_.binarization == Binarization::dynamic || experiment_.binarization == Binarization::fixed) {
    const double grey = grey_share(data.train);
    if (grey > 0)
      line_.line(text("%.0f %% of the pixels are grey, and become 1 with probability their grey value, ",
                      100 * grey) +
                 (experiment_.binarization == Binarization::dynamic ? "anew in every epoch" : "once") +
                 "; --likelihood gaussian models the grey values themselves");
  }
  if (experiment_.of_whole_images) {
    const double in_file =
        std::max({missing_share(data.train), missing_share(data.validation), missing_share(data.test)});
    line_.line(text("%.2g %% of the pixels are missing; bounds are of the others",
                    100 - 100 * (1 - in_file) * (1 - experiment_.hidden)));
  }
  if (config.black || config.white)
    line_.line(
        text("values from %g (black) to %g (white) are scaled to 0 and 1 for the model",
             config.black.value_or(0), config.white.value_or(1)) +
        (experiment_.binarization == Binarization::none ? "; bounds are of the values as they are" : ""));
  const std::vector<std::uint8_t>& bytes = data.train.bytes;
  if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t v) { return v <= 1; }))
    line_.warning("no byte is above 1, and 255 is white: images of 0 and 1 are saved with .astype('bool')");
  if (data.by_position)
    line_.line(
        "the test images are the last of the data in their order, the validation images the last "
        "before them; --split-seed 1 shuffles first");
  // By chance it is about 1. It is above 8 once in 200 times if all pixels vary as one, and hardly ever if
  // not.
  const double far =
      std::max(drift(data.train, data.validation), data.by_position ? drift(data.train, data.test) : 0);
  if (config.split_seed == 0 && far > 8)
    line_.warning(
        "the held-out images are unlike the training images (their mean is farther away than by "
        "chance): are the data sorted, by class for example? --split-seed 1 shuffles them first");
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
  line_.show(work_done(), work_planned(),
             epoch_text(progress_.epoch + 1) + "   step " + std::to_string(progress_.step) +
                 text("   elbo %.2f   kl %.2f   %.0f images/s", means.elbo, means.kl, images_per_s));
}

void TrainingReport::epoch(const BoundTotals& trained, const BoundTotals& validation,
                           const UpdateTotals& updates, double images_per_s, bool best) {
  line_.line(
      epoch_text(progress_.epoch) +
      text("   train %8.2f   validation %8.2f   kl %6.2f", trained.elbo, validation.elbo, validation.kl) +
      of_levels(validation.kl_per_level) + text("   %6.0f images/s", images_per_s) +
      (updates.skipped ? "   " + std::to_string(updates.skipped) + " skipped" : "") +
      (best ? "   best so far" : ""));
}

void TrainingReport::stopped() {
  line_.line("stopped and saved, with pictures of the weights so far; `elbo train --resume " +
             directory_.name() + "` continues");
}

void TrainingReport::finished_before() {
  const std::string epoch = std::to_string(progress_.epoch);
  if (!experiment_.config.time.empty())
    line_.line(
        directory_.name() + ": the run has ended, after epoch " + epoch +
        (nn::schedule_named(experiment_.config.schedule).has_horizon ? "" : "; a longer --time trains on"));
  else if (progress_.epoch >= experiment_.config.epochs)
    line_.line(directory_.name() + ": the run has ended, after epoch " + epoch + "; --epochs " +
               std::to_string(2 * progress_.epoch) + " trains on");
  else
    line_.line(directory_.name() + ": the run was ended by --patience " +
               std::to_string(experiment_.config.patience) + " after epoch " + epoch +
               "; --patience 0 trains on");
}

void TrainingReport::result(const BoundTotals& test) {
  const std::string epoch = std::to_string(progress_.epoch), best = std::to_string(progress_.best_epoch);
  const std::string weights =
      progress_.epoch == progress_.best_epoch
          ? "the best weights by the validation bound, of epoch " + epoch
          : "the last weights, of epoch " + epoch + "; the best by the validation bound are of epoch " + best;
  std::printf("test bound %.2f nats per image = reconstruction %.2f - KL %.2f\n", test.elbo,
              test.reconstruction, test.kl);
  std::printf("by:              %s\nsamples:         %s\nreconstructions: %s\n", weights.c_str(),
              printable(directory_.samples().string(), 1000).c_str(),
              printable(directory_.reconstructions().string(), 1000).c_str());
}

}  // namespace tools
