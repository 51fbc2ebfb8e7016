// The step and the epoch.
#include "tools/run/train.h"

#include <functional>
#include <limits>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "vae/bounds/renyi.h"
#include "vae/classes.h"
#include "vae/denoising.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"
#include "vae/gradients/score_function.h"

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

TEST_CASE("train: an optimal sigma is that of the step's images, whatever the optimizer and its decay do",
          "[train]") {
  const SmallData data;
  for (const std::string optimizer : {"sgd", "adam"}) {
    Experiment e(data.config({{"optimizer", optimizer},
                              {"learning-rate", "0.001"},
                              {"weight-decay", "0.01"},
                              {"likelihood", "gaussian"},
                              {"sigma", "optimal"}}));
    const auto log_std = [&] {
      for (const auto& [name, parameter] : e.model->parameters())
        if (name == "decoder.log_std") return double(parameter->value()(0));
      return 0.0;
    };
    const double before = std::exp(2 * log_std());
    Progress progress;
    const UpdateResult update = train_step(e, {3, 30, 11}, progress);
    // m of E log p(x|z) = −½ D (log 2πσ² + m / σ²), D = 12
    const double log_px = progress.bound.means().reconstruction,
                 m = before * (-2 * log_px / 12 - std::log(2 * M_PI * before));
    CHECK(log_std() == Approx(0.5 * std::log(m)).margin(0.0011));  // decay moves it by the rate at most
    CHECK(update.norm > 0);
  }
}

// One step of SGD from the same weights, with these options, and the update that an objective makes.
TEST_CASE("train: a step ascends the objective that the options name", "[train]") {
  using Values = std::map<std::string, std::string>;
  using Expected = std::function<Var(vae::Model&, Var, const Stream&)>;
  const auto bound = [](vae::Model& m, Var x, const Stream& s) {
    return vae::elbo(m, x, 1, vae::KLForm::analytic, s);
  };
  const std::vector<std::pair<Values, Expected>> cases = {
      {{{"beta", "4"}, {"warm-up", "5"}},  // 12 of 30 steps
       [&](auto& m, Var x, auto& s) { return bound(m, x, s).reconstruction - 1.6 * bound(m, x, s).kl; }},
      {{{"free-bits", "1000"}}, [&](auto& m, Var x, auto& s) { return bound(m, x, s).reconstruction; }},
      {{{"gradient", "stl"}},
       [](auto& m, Var x, auto& s) { return vae::sticking_the_landing(m, x, 1, 1, s).value; }},
      {{{"bound", "iwae"}, {"importance-samples", "3"}},
       [](auto& m, Var x, auto& s) {
         return vae::importance_weighted_bound(vae::log_weights(m, x, 3, s), 3);
       }},
      {{{"bound", "iwae"}, {"importance-samples", "3"}, {"gradient", "dreg"}},
       [](auto& m, Var x, auto& s) { return vae::doubly_reparameterized(m, x, 3, 0, s).value; }},
      {{{"model", "autoregressive"}, {"latent", "3,2"}, {"gradient", "gdreg"}},
       [](auto& m, Var x, auto& s) { return vae::generalized_dreg(m, x, 1, 1, s).value; }},
      {{{"bound", "renyi"}, {"importance-samples", "3"}, {"renyi-alpha", "-0.5"}},
       [](auto& m, Var x, auto& s) { return vae::renyi_bound(vae::log_weights(m, x, 3, s), 3, -0.5); }},
      {{{"bound", "iwae"}, {"importance-samples", "3"}, {"gradient", "vimco"}},
       [](auto& m, Var x, auto& s) { return vae::vimco(m, x, 3, s).value; }},
      {{{"corrupt", "0.3"}},
       [](auto& m, Var x, auto& s) {
         const vae::Corrupted seen(m, 0.3f, s.at(Purpose::corruption));
         return vae::elbo(seen, x, 1, vae::KLForm::analytic, s).elbo;
       }},
      {{{"missing", "0.3"}, {"likelihood", "gaussian"}},
       [](auto& m, Var x, auto& s) { return vae::elbo(m, x, 1, vae::KLForm::analytic, s).elbo; }},
      {{{"data", "shapes"}, {"limit-train", "42"}, {"model", "classes"}, {"labelled", "20"}},
       [](auto& m, Var x, auto& s) {  // images 3, 30 and 11, of which 30 is not labelled
         static const Dataset shapes = load_dataset("shapes");
         Array known = zeros({3, 3});
         known(0, shapes.train.labels[3]) = 1, known(2, shapes.train.labels[11]) = 1;
         return vae::elbo_summed(m, x, 1, vae::KLForm::mixed, s, constant(known)).elbo +
                0.1f * 42 / 20 * vae::log_q_of_known(m, x, constant(known));
       }},
      {{{"gradient", "score"}},
       [](auto& m, Var x, auto& s) { return vae::score_function(m, x, 1, s).value; }},
      {{{"gradient", "score"}, {"samples", "3"}},
       [](auto& m, Var x, auto& s) { return vae::leave_one_out(m, x, 3, s).value; }},
  };
  const SmallData data;
  const ImageIndices images = {3, 30, 11};
  for (const auto& [values, expected] : cases) {
    Values options = values;
    options.insert({{"optimizer", "sgd"}, {"learning-rate", "0.25"}, {"seed", "7"}});
    Experiment e(data.config(options));
    INFO(values.begin()->first << " " << values.begin()->second << ", " << values.rbegin()->second);
    std::vector<float> slopes;
    double elbo = 0;
    {
      Step scope;
      const Stream noise = for_images(e.stream().at(Purpose::posterior).at_epoch(3), images);
      const Var x = constant(e.batch(Split::train, images, 3));
      const Gradients g = backward(mean(expected(*e.model, x, noise)));
      for (const auto& [name, parameter] : e.model->parameters())
        slopes.insert(slopes.end(), g[*parameter].data(), g[*parameter].data() + parameter->value().size());
      const std::size_t samples = e.config.samples * e.config.importance_samples;
      const bool closed = e.config.bound == "elbo" && e.config.gradient == "pathwise";
      elbo = mean(vae::elbo(*e.model, x, samples, closed ? vae::KLForm::analytic : vae::KLForm::monte_carlo,
                            noise)
                      .elbo)
                 .item();
    }
    const std::vector<float> before = weights_of(e);
    Progress progress;
    progress.epoch = 2, progress.step = 12;
    train_step(e, images, progress);
    const std::vector<float> found = weights_of(e);
    float largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i] == Approx(before[i] + 0.25f * slopes[i]).margin(1e-6));
      largest = std::max(largest, std::abs(slopes[i]));
    }
    CHECK(largest > 0.01);
    if (!values.count("corrupt") && !values.count("labelled"))  // of which the ELBO is another
      CHECK(progress.bound.means().elbo == Approx(elbo).epsilon(1e-5));
  }
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

TEST_CASE(
    "train: a run of so much time has the epochs that end nearest to its end, and not fewer than it had",
    "[train]") {
  Config c;
  Progress p;
  CHECK(planned_epochs(c, p) == 20);  // --epochs
  c.time = "10s";
  CHECK(planned_epochs(c, p) == std::numeric_limits<double>::infinity());
  p.epoch = 4, p.seconds_of_epochs = 3;
  CHECK(planned_epochs(c, p) == 13);  // of 13.3
  p.seconds_of_epochs = 2.9;
  CHECK(planned_epochs(c, p) == 14);  // of 13.8
  p.epoch = 20, p.seconds_of_epochs = 16;
  CHECK(planned_epochs(c, p) == 20);
}
