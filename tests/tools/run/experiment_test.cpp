// What a configuration stands for: the images as the model's input, the start of the model, the data's
// digest.
#include "tools/run/experiment.h"

#include <cmath>

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/run/evaluate.h"
#include "tools/run/pictures.h"
#include "tools/run/train.h"

using namespace autograd;
using namespace tools;

namespace {

const ImageIndices images = {4, 0, 7};

Array batch(const SmallData& data, const std::map<std::string, std::string>& options, Split split,
            std::uint64_t epoch) {
  return Experiment(data.config(options)).batch(split, images, epoch);
}

}  // namespace

TEST_CASE("experiment: training images are binarized by the seed, and under dynamic by the epoch",
          "[experiment]") {
  const SmallData data;
  const auto train = [&](const std::map<std::string, std::string>& options, std::uint64_t epoch) {
    return batch(data, options, Split::train, epoch);
  };
  CHECK(same(train({}, 3), train({}, 3)));
  CHECK_FALSE(same(train({}, 3), train({}, 4)));
  CHECK_FALSE(same(train({}, 3), train({{"seed", "2"}}, 3)));
  CHECK(same(train({{"binarize", "static"}}, 3), train({{"binarize", "static"}}, 4)));
  CHECK(same(train({{"binarize", "static"}}, 3), train({}, 0)));
}

TEST_CASE("experiment: held-out images are binarized alike in every epoch and by every seed",
          "[experiment]") {
  const SmallData data;
  for (const Split split : {Split::validation, Split::test})
    CHECK(same(batch(data, {}, split, 0), batch(data, {{"seed", "2"}, {"binarize", "static"}}, split, 5)));
}

TEST_CASE("experiment: the decoder begins at the mean of the training images", "[experiment]") {
  const SmallData data;
  const Experiment e(data.config());
  const Array x = e.batch(Split::train, index_range(0, 42));
  const Array& bias = e.model->parameters().back().second->value();  // decoder.2.bias
  for (std::size_t j = 0; j < 12; ++j) {
    double mean = 0;
    for (std::size_t i = 0; i < 42; ++i) mean += double(x(i, j)) / 42;
    CHECK(double(bias(j)) == Approx(std::log(mean / (1 - mean))).margin(1e-5));
  }
}

TEST_CASE("experiment: values that are not grey are refused in every split", "[experiment]") {
  const SmallData data;
  for (const std::size_t row : {0, 45, 59}) {
    Array x = uniform(Stream(), {60, 12});
    x(row, 5) = 2;
    write_npy(data.file(), x);
    CHECK(outcome([&] { Experiment e(data.config()); }).code == exit_bad_data);
    CHECK(outcome([&] { Experiment e(data.config({{"likelihood", "gaussian"}})); }).code == 0);
  }
}

TEST_CASE("experiment: the digest is of the images of each part, and begins with that of the training images",
          "[experiment]") {
  const SmallData data;
  const auto digest = [&] { return Experiment(data.config()).data.digest; };
  const std::string before = digest();
  Array x = uniform(Stream().at_epoch(5), {60, 12});
  x(59, 0) = 0.5;  // a test image
  write_npy(data.file(), x);
  CHECK(digest() != before);
  CHECK(digest().substr(0, 17) == before.substr(0, 17));
  x(0, 0) = 0.5;
  write_npy(data.file(), x);
  CHECK(digest().substr(0, 8) != before.substr(0, 8));
}

TEST_CASE("experiment: values that are not grey are scaled for a Gaussian, and bounds are of the values",
          "[experiment]") {
  const SmallData data;
  const auto bound = [&](double black, double white, const std::map<std::string, std::string>& options = {}) {
    Array x = uniform(Stream().at_epoch(5), {60, 12});
    x(0, 0) = 0, x(0, 1) = 1;  // the least and the greatest
    for (Real& v : x) v = Real(black + (white - black) * double(v));
    write_npy(data.file(), x);
    std::map<std::string, std::string> all = {{"likelihood", "gaussian"}};
    all.insert(options.begin(), options.end());
    Experiment e(data.config(all));
    CHECK(e.batch(Split::train, {0})(0, 0) == Approx(0).margin(1e-6));
    CHECK(e.batch(Split::train, {0})(0, 1) == Approx(1));
    Progress progress;
    train_epoch(e, progress, [](const UpdateResult&) { return true; });
    const double trained = progress.bound.means().elbo;
    CHECK(evaluate(e, Split::train).mean.elbo == Approx(trained).margin(6));
    return trained;
  };
  // log p(a + b x) = log p(x) − D log b
  const double grey = bound(0, 1);
  for (const auto& [black, white] :
       std::vector<std::pair<double, double>>{{0, 255}, {-1, 1}, {3e6, 8e6}, {0, 1e-6}})
    CHECK(bound(black, white) == Approx(grey - 12 * std::log(white - black)).margin(0.01));
  CHECK(bound(-1, 1, {{"black", "-1"}, {"white", "1"}}) == Approx(grey - 12 * std::log(2)).margin(0.01));

  // What was chosen at the start of a run holds for other data.
  write_npy(data.file(), uniform(Stream(), {60, 12}));
  const Experiment e(data.config({{"likelihood", "gaussian"}}));
  CHECK_FALSE(e.config.white);
  Dataset other = load_data(e.config);
  for (Images* images : {&other.train, &other.test})
    for (float& v : images->floats) v *= 8;
  CHECK(Experiment(e.config, other).batch(Split::test, {3})(0, 5) == 8 * e.batch(Split::test, {3})(0, 5));
}

TEST_CASE(
    "experiment: floats of 0 to 255 are binarized if white is 255, and bytes have no other black and white",
    "[experiment]") {
  const SmallData data;
  const Array x = uniform(Stream().at_epoch(5), {60, 12});
  write_npy(data.file(), x);
  const Array expected = Experiment(data.config()).batch(Split::test, index_range(0, 10));
  write_npy(data.file(), Array(x * Real(256)));
  CHECK(outcome([&] { Experiment e(data.config()); }).code == exit_bad_data);
  CHECK(same(Experiment(data.config({{"white", "256"}})).batch(Split::test, index_range(0, 10)), expected));
  CHECK(Experiment(data.config({{"white", "256"}})).log_scales(expected)[0] == 0);  // of zeros and ones
  CHECK(outcome([&] { Experiment e(data.config({{"white", "-1"}})); }).code == exit_usage);
  CHECK(outcome([&] {
          Experiment e(data.config({{"data", "shapes"}, {"white", "256"}}));
        }).code == exit_usage);
}

TEST_CASE("experiment: without training images it draws and evaluates, and has no digest", "[experiment]") {
  const SmallData data;
  Dataset blank;
  blank.test.height = 3, blank.test.width = 4;
  const Experiment e(data.config(), blank);
  CHECK(e.data.digest.empty());
  CHECK(sample_sheet(e, {2}).width > 0);
}
