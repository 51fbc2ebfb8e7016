// The step and the epoch.
#include "tools/run/train.h"

#include <limits>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"

using namespace autograd;
using namespace tools;

namespace {

const auto always = [](const UpdateResult&) { return true; };

}  // namespace

TEST_CASE("train: a step of SGD moves the weights by the gradient of the bound at the documented noise",
          "[train]") {
  const SmallData data;
  Experiment e(
      data.config({{"optimizer", "sgd"}, {"learning-rate", "0.25"}, {"samples", "2"}, {"seed", "7"}}));
  const ImageIndices images = {3, 30, 11};
  std::vector<float> expected = weights_of(e);
  {
    Step scope;
    Stream noise;
    noise.seed = 7;
    noise = noise.at(Purpose::posterior).at_epoch(3).for_data({3, 30, 11});
    const Var x = constant(e.batch(Split::train, images, 3));
    const Gradients g = backward(mean(vae::elbo(*e.model, x, 2, vae::KLForm::analytic, noise).elbo));
    std::size_t i = 0;
    for (const auto& [name, parameter] : e.model->parameters()) {
      const Array& gradient = g[*parameter];
      for (std::size_t k = 0; k < gradient.size(); ++k) expected[i++] += 0.25f * gradient.data()[k];
    }
  }
  Progress progress;
  progress.epoch = 2, progress.step = 10;
  const UpdateResult update = train_step(e, images, progress);
  CHECK(update.learning_rate == 0.25);
  const std::vector<float> found = weights_of(e);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(1e-6));
  CHECK(progress.step == 11);
  CHECK(progress.batch == 1);
  CHECK(progress.bound.images == 3);
  CHECK(progress.updates.steps == 1);
}

TEST_CASE("train: an epoch takes every image once, the last batch being smaller", "[train]") {
  const SmallData data;
  Experiment e(data.config());
  Progress progress;
  std::vector<std::uint64_t> images;
  CHECK(train_epoch(e, progress, [&](const UpdateResult&) {
    images.push_back(progress.bound.images);
    return true;
  }));
  CHECK(images == std::vector<std::uint64_t>{8, 16, 24, 32, 40, 42});
  CHECK(progress.batch == e.steps_per_epoch());
  CHECK(progress.step == 6);
}

TEST_CASE("train: an epoch that was stopped continues as if it had not been", "[train]") {
  const SmallData data;
  Experiment whole(data.config()), stopped(data.config());
  Progress a, b;
  CHECK(train_epoch(whole, a, always));
  CHECK_FALSE(train_epoch(stopped, b, [&](const UpdateResult&) { return b.batch < 3; }));
  CHECK(b.batch == 3);
  CHECK(weights_of(stopped) != weights_of(whole));
  CHECK(train_epoch(stopped, b, always));
  CHECK(weights_of(stopped) == weights_of(whole));
  CHECK(a.bound.elbo == b.bound.elbo);
}

TEST_CASE("train: a loss that is not finite stops with its step, and moves nothing", "[train]") {
  const SmallData data;
  Experiment e(data.config());
  e.model->parameters().front().second->update().data()[0] = std::numeric_limits<float>::infinity();
  const std::vector<float> before = weights_of(e);
  Progress progress;
  const Outcome o = outcome([&] { train_epoch(e, progress, always); });
  CHECK(o.code == exit_not_finite);
  CHECK(o.message ==
        "step 1: the loss is not finite; the first value that is not: the weights "
        "encoder.0.weight [6,12]");
  CHECK(weights_of(e) == before);
  CHECK(progress.step == 0);
}

TEST_CASE("train: the weights are the best ones at the end of the best epoch, not in the midst of the next",
          "[train]") {
  Progress progress;
  CHECK_FALSE(progress.is_best());  // there is none yet
  progress.epoch = progress.best_epoch = 3;
  CHECK(progress.is_best());
  progress.batch = 1;
  CHECK_FALSE(progress.is_best());
  progress.batch = 0, progress.epoch = 4;
  CHECK_FALSE(progress.is_best());
}
