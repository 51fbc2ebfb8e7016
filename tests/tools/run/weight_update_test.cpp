// From a gradient to the next weights: the effect of each option, and resuming.
#include "tools/run/weight_update.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/resolve.h"
#include "vae/vae.h"

using namespace autograd;
using namespace tools;

namespace {

// A model whose gradients the test chooses, and the update of its weights.
struct Updating {
  explicit Updating(const std::function<void(Config&)>& set, std::uint64_t steps_per_epoch = 10)
      : model(architecture(), Stream{}),
        config(set_up(set)),
        update(config, model.parameters(), steps_per_epoch) {}

  static vae::Architecture architecture() {
    vae::Architecture a;
    a.pixels = 4, a.hidden = {3}, a.latent = {2};
    return a;
  }
  static Config set_up(const std::function<void(Config&)>& set) {
    Config c;
    c.optimizer = "sgd", c.learning_rate = 0.5, c.epochs = 4;
    set(c);
    return resolved(c);
  }

  // A step whose gradient is everywhere `g`; so its norm is g √(number of weights).
  UpdateResult step(double g, std::uint64_t k) {
    const Step scope;
    Var loss = constant(zeros({}));
    for (const auto& [name, parameter] : model.parameters()) loss = loss + Real(g) * sum(Var(*parameter));
    return update.apply(backward(loss), k, double(config.epochs));
  }

  std::size_t count() {
    std::size_t n = 0;
    for (const auto& [name, parameter] : model.parameters()) n += parameter->value().size();
    return n;
  }
  double weight() { return double(model.parameters().back().second->value().data()[0]); }

  vae::VAE model;
  Config config;
  WeightUpdate update;
};

}  // namespace

TEST_CASE("weight update: the learning rate is the schedule's at this step, times the warm-up's",
          "[weight_update]") {
  Updating d([](Config& c) { c.schedule = "linear", c.warmup = 4; });
  for (std::uint64_t k = 0; k < 40; ++k) {
    const double before = d.weight(),
                 expected = 0.5 * (1 - double(k) / 40) * std::min(1.0, double(k + 1) / 4);
    CHECK(d.step(1, k).learning_rate == Approx(expected).epsilon(1e-12));
    CHECK(before - d.weight() == Approx(expected).epsilon(1e-4));
  }
}

TEST_CASE("weight update: the norm is reported as it was before clipping", "[weight_update]") {
  Updating free([](Config&) {}), by_norm([](Config&c) { c.clip_norm = 2; }),
      by_value([](Config&c) { c.clip_value = 0.25; });
  const double root = std::sqrt(double(free.count()));
  for (const auto& [d, moved] :
       {std::pair(&free, 0.5 * 3), {&by_norm, 0.5 * 2 / root}, {&by_value, 0.5 * 0.25}}) {
    const double before = d->weight();
    const UpdateResult step = d->step(3, 0);
    CHECK(step.norm == Approx(3 * root).epsilon(1e-6));
    CHECK(before - d->weight() == Approx(moved).epsilon(1e-5));
    CHECK_FALSE(step.skipped);
    CHECK(std::isinf(step.limit));
  }
}

TEST_CASE(
    "weight update: a gradient that is not finite stops the run with its step and parameter, and moves "
    "nothing",
    "[weight_update]") {
  for (const double g : {double(NAN), double(INFINITY)}) {
    Updating d([](Config& c) { c.skip_outliers = 2, c.ema = 0.9; });
    d.step(1, 0);
    const double before = d.weight();
    const Outcome o = outcome([&] { d.step(g, 1); });
    INFO(o.message);
    CHECK(o.code == exit_not_finite);
    CHECK(o.message.find("step 2: the gradient is not finite; ") == 0);
    CHECK(o.message.find("of decoder.2.bias") != std::string::npos);
    CHECK(d.weight() == before);
    CHECK(to_json(d.update.state(99))["steps"] == 1);
    CHECK(to_json(d.update.state(99))["norms"].size() == 1);
  }
}

TEST_CASE("weight update: a gradient whose squares a float cannot hold is an outlier like any other",
          "[weight_update]") {
  Updating d([](Config& c) { c.skip_outliers = 2; });
  for (std::uint64_t k = 0; k < 30; ++k) d.step(1, k);
  const UpdateResult step = d.step(1e30, 30);
  CHECK(step.skipped);
  CHECK(step.norm == Approx(1e30 * std::sqrt(double(d.count()))).epsilon(1e-6));
}

TEST_CASE("weight update: an outlier changes neither weights nor optimizer nor average, but the limit",
          "[weight_update]") {
  Updating d([](Config& c) { c.optimizer = "adam", c.skip_outliers = 3, c.ema = 0.9; });
  UpdateTotals totals;
  for (std::uint64_t k = 0; k < 30; ++k) totals.add(d.step(1, k));
  std::vector<Array> state, after;
  d.update.visit_state([&](const std::string&, Array& a) { state.push_back(a); });
  const double before = d.weight();
  const UpdateResult skipped = d.step(4, 30);
  totals.add(skipped);
  CHECK(skipped.skipped);
  CHECK(skipped.limit == Approx(skipped.norm * 3 / 4).epsilon(1e-6));
  CHECK(d.weight() == before);
  d.update.visit_state([&](const std::string&, Array& a) { after.push_back(a); });
  for (std::size_t i = 0; i < state.size(); ++i) CHECK(same(state[i], after[i]));
  CHECK(to_json(d.update.state(99))["steps"] == 30);
  CHECK(to_json(d.update.state(99))["norms"].size() == 31);
  CHECK_FALSE(d.step(2, 31).skipped);

  CHECK(totals.steps == 31);
  CHECK(totals.skipped == 1);
  CHECK(totals.norm_max == skipped.norm);
  CHECK(totals.norm_sum == Approx(skipped.norm * (30 + 4) / 4).epsilon(1e-6));
  CHECK(totals.learning_rate == 0.5);
}

// Gradients that stay at a new level: a fixed limit would skip every step from there.
TEST_CASE("weight update: no level of the norms makes it skip for ever", "[weight_update]") {
  Updating d([](Config& c) { c.learning_rate = 1e-12, c.skip_outliers = 2; });
  std::uint64_t k = 0;
  for (const double level : {1.0, 100.0, 1e4, 1.0, 1e12}) {
    std::uint64_t skipped = 0;
    for (int i = 0; i < 200; ++i) skipped += d.step(level, k++).skipped;
    CHECK(skipped <= 50);
    CHECK_FALSE(d.step(level, k++).skipped);
  }
}

TEST_CASE("weight update: the average is that of the weights after every step", "[weight_update]") {
  Updating d([](Config& c) { c.ema = 0.5; });
  REQUIRE(d.update.average() != nullptr);
  double sum = 0, shares = 0;
  for (std::uint64_t k = 0; k < 10; ++k) {
    d.step(1, k);
    sum = sum / 2 + d.weight(), shares = shares / 2 + 1;
  }
  const double weight = d.weight();
  const nn::Averaged averaged(d.update.average());
  CHECK(d.weight() != weight);
  CHECK(d.weight() == Approx(sum / shares).epsilon(1e-5));
  CHECK(Updating([](Config&) {}).update.average() == nullptr);
}

TEST_CASE("weight update: it resumes from its arrays and its JSON", "[weight_update]") {
  const auto all = [](Config& c) {
    c.optimizer = "adam", c.schedule = "cosine", c.warmup = 7, c.clip_norm = 1, c.skip_outliers = 1.5,
    c.ema = 0.9;
  };
  const auto gradient = [](std::uint64_t k) { return k % 7 ? 1 + 0.1 * std::sin(double(k)) : 5.0; };
  Updating whole(all), resumed(all);
  for (std::uint64_t k = 0; k < 25; ++k) whole.step(gradient(k), k);

  const std::string json = to_json(whole.update.state(99)).dump();
  const auto copy = [](Updating& from, Updating& to) {
    std::vector<Array> arrays;
    std::size_t i = 0;
    from.update.visit_state([&](const std::string&, Array& a) { arrays.push_back(a); });
    to.update.visit_state([&](const std::string&, Array& a) { a = arrays[i++]; });
    for (std::size_t p = 0; p < from.model.parameters().size(); ++p)
      to.model.parameters()[p].second->update() = from.model.parameters()[p].second->value();
  };
  copy(whole, resumed);
  read_json(resumed.update.state(99), nlohmann::json::parse(json));
  std::size_t skipped = 0;
  for (std::uint64_t k = 25; k < 40; ++k) {
    const UpdateResult a = whole.step(gradient(k), k), b = resumed.step(gradient(k), k);
    CHECK(a.limit == b.limit);
    CHECK(a.skipped == b.skipped);
    CHECK(a.learning_rate == b.learning_rate);
    skipped += a.skipped;
  }
  CHECK(skipped > 0);
  CHECK(to_json(whole.update.state(99)) == to_json(resumed.update.state(99)));
  CHECK(whole.weight() == resumed.weight());
  const nn::Averaged left(whole.update.average()), right(resumed.update.average());
  CHECK(whole.weight() == resumed.weight());
}
