// What a configuration stands for: the images as the model's input, the start of the model, the data's
// digest.
#include "tools/run/experiment.h"

#include <cmath>

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"

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

TEST_CASE("experiment: the digest is of the training images", "[experiment]") {
  const SmallData data;
  const auto digest = [&] { return Experiment(data.config()).data_digest(); };
  const std::string before = digest();
  Array x = uniform(Stream().at_epoch(5), {60, 12});
  x(59, 0) = 0.5;  // a test image
  write_npy(data.file(), x);
  CHECK(digest() == before);
  x(0, 0) = 0.5;
  write_npy(data.file(), x);
  CHECK(digest() != before);
}
