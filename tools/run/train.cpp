// The step and the epoch.
#include "tools/run/train.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tools/config/duration.h"
#include "tools/config/objective.h"
#include "vae/denoising.h"
#include "vae/missing.h"

namespace tools {

using namespace autograd;

namespace {

// The factor of β at this step.
Real warmed_up(const Experiment& e, std::uint64_t step) {
  return vae::warm_up(step, e.config.warm_up * e.steps_per_epoch());
}

// With them log q(y|x) is weighed by 0.1 N / N_l: on average a tenth, over all N images, of what it is over
// the N_l that have labels (Kingma et al. 2014, section 3.1.2).
std::optional<KnownClasses> known_classes(const Experiment& e, const ImageIndices& images) {
  const std::optional<Array> one_hot = e.known_classes(images);
  if (!one_hot) return std::nullopt;
  const double N = double(e.data.train.count), N_l = std::min(N, double(e.config.labelled));
  return KnownClasses{constant(*one_hot), Real(0.1 * N / N_l)};
}

}  // namespace

bool Progress::is_best() const { return epoch > 0 && epoch == best_epoch && batch == 0; }

double planned_epochs(const Config& config, const Progress& progress) {
  if (config.time.empty()) return double(config.epochs);
  if (progress.epoch == 0) return std::numeric_limits<double>::infinity();
  const double epoch = double(progress.epoch);
  return std::max(epoch, std::round(epoch * duration("time", config.time) / progress.seconds_of_epochs));
}

UpdateResult train_step(Experiment& experiment, const ImageIndices& images, Progress& progress) {
  const Config& config = experiment.config;
  const std::uint64_t epoch = progress.epoch + 1;

  // Compute the bound of the minibatch. An image comes once per epoch: epoch and image key its noise.
  Step scope;
  const Stream noise =
      for_images(experiment.stream().at(Purpose::posterior).at_epoch(std::uint32_t(epoch)), images);
  const Var x = constant(experiment.batch(Split::train, images, epoch));  // [B,D]
  vae::Given given = experiment.given(Split::train, images, epoch);       // p(x, z), or p(x, z|c)
  const Stream missing =
      for_images(experiment.stream().at(Purpose::corruption).at_epoch(noise.epoch), images);
  vae::Corrupted model(given, Real(config.corrupt), missing);  // whose q misses some pixels of x
  const std::optional<KnownClasses> known = known_classes(experiment, images);
  const auto [objective, bound] =
      objective_of(config, model, x, noise, warmed_up(experiment, progress.step), known);

  // Differentiate the loss, −1/B Σ objective.
  const Var loss = -mean(objective);
  experiment.check_finite(loss, "step " + std::to_string(progress.step + 1) + ": the loss");
  const Gradients g = backward(loss);

  // Move the weights; an optimal σ goes to its place, given the others as they were and all pixels observed.
  const double observed = experiment.of_whole_images ? vae::share_observed(x.value()) : 1;
  if (observed > 0) experiment.model->maximize_sigma(double(mean(bound.reconstruction).item()) / observed);
  const UpdateResult update =
      experiment.weight_update->apply(g, progress.step, planned_epochs(config, progress));

  // Add to the totals of the epoch.
  progress.bound.add(bound, experiment.log_scales(x.value()));
  progress.updates.add(update);
  ++progress.step;
  ++progress.batch;
  return update;
}

bool train_epoch(Experiment& experiment, Progress& progress,
                 const std::function<bool(const UpdateResult&)>& after_step) {
  // Shuffle the images. The order follows from the seed and the epoch, so that a resumed epoch continues
  // where it stopped.
  const std::size_t count = experiment.data.train.count, B = experiment.config.batch_size;
  const std::vector<std::size_t> order =
      permutation(experiment.stream().at(Purpose::order).at_epoch(std::uint32_t(progress.epoch + 1)), count);

  // Step through the minibatches that are left; the last one may be smaller.
  while (progress.batch < experiment.steps_per_epoch()) {
    const std::size_t first = progress.batch * B, last = std::min(count, first + B);
    const ImageIndices images(order.begin() + std::ptrdiff_t(first), order.begin() + std::ptrdiff_t(last));
    if (!after_step(train_step(experiment, images, progress))) return false;
  }
  return true;
}

}  // namespace tools
