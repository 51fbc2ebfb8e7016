// The input of a model: exact probabilities, noise keyed by the datum, and values that cannot be binarized.
#include "tools/data/binarize.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/files/input_bytes.h"

using autograd::Array;
using autograd::Stream;
using tools::Binarization;
using tools::binarize;
using tools::Images;

namespace {

Images byte_images(std::size_t count, std::size_t width, std::vector<std::uint8_t> bytes) {
  Images images;
  images.count = count, images.height = 1, images.width = width, images.bytes = std::move(bytes);
  return images;
}
Images float_images(std::size_t count, std::size_t width, std::vector<float> floats) {
  Images images;
  images.count = count, images.height = 1, images.width = width, images.floats = std::move(floats);
  return images;
}

std::vector<double> values(const Array& a) { return {a.data(), a.data() + a.size()}; }
double fraction_of_ones(const Array& a) {
  return std::accumulate(a.data(), a.data() + a.size(), 0.0) / double(a.size());
}

std::vector<std::size_t> first_rows(std::size_t count) {
  std::vector<std::size_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::size_t(0));
  return rows;
}

}  // namespace

TEST_CASE("binarize: none gives bytes over 255, and floats as they are") {
  CHECK(values(binarize(byte_images(1, 3, {0, 51, 255}), {0}, Binarization::none, Stream())) ==
        std::vector<double>{0, double(autograd::Real(51) / 255), 1});
  CHECK(values(binarize(float_images(1, 3, {-7, 0.5, 300}), {0}, Binarization::none, Stream())) ==
        std::vector<double>{-7, 0.5, 300});
}

TEST_CASE("binarize: rows are gathered in their order") {
  const Array x = binarize(byte_images(3, 1, {0, 255, 0}), {1, 0, 1, 2}, Binarization::none, Stream());
  CHECK(autograd::to_string(x.shape()) == "[4,1]");
  CHECK(values(x) == std::vector<double>{1, 0, 1, 0});
}

TEST_CASE("binarize: the threshold is at one half") {
  CHECK(values(binarize(byte_images(1, 4, {0, 127, 128, 255}), {0}, Binarization::threshold, Stream())) ==
        std::vector<double>{0, 0, 1, 1});
  CHECK(values(binarize(float_images(1, 3, {0.49999f, 0.5f, 1}), {0}, Binarization::threshold, Stream())) ==
        std::vector<double>{0, 1, 1});
}

TEST_CASE("binarize: black is never 1, white always") {
  const std::size_t width = 100'000;
  const auto black = byte_images(1, width, std::vector<std::uint8_t>(width, 0));
  const auto white = byte_images(1, width, std::vector<std::uint8_t>(width, 255));
  CHECK(fraction_of_ones(binarize(black, {0}, Binarization::dynamic, Stream())) == 0);
  CHECK(fraction_of_ones(binarize(white, {0}, Binarization::dynamic, Stream())) == 1);
  CHECK(fraction_of_ones(binarize(float_images(1, width, std::vector<float>(width, 0)), {0},
                                  Binarization::dynamic, Stream())) == 0);
  CHECK(fraction_of_ones(binarize(float_images(1, width, std::vector<float>(width, 1)), {0},
                                  Binarization::dynamic, Stream())) == 1);
}

TEST_CASE("binarize: a pixel is 1 as often as its grey value says") {
  const std::size_t width = 100'000;
  for (const int byte : {1, 64, 128, 254}) {
    const double p = byte / 255.0, sigma = std::sqrt(p * (1 - p) / width);
    const auto bytes = byte_images(1, width, std::vector<std::uint8_t>(width, std::uint8_t(byte)));
    const auto floats = float_images(1, width, std::vector<float>(width, float(p)));
    CHECK(std::abs(fraction_of_ones(binarize(bytes, {0}, Binarization::dynamic, Stream())) - p) < 4 * sigma);
    CHECK(std::abs(fraction_of_ones(binarize(floats, {0}, Binarization::fixed, Stream())) - p) < 4 * sigma);
  }
}

TEST_CASE("binarize: the first word that makes no 1 of a byte") {
  std::size_t wrong = 0;
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    const std::uint64_t first = ((byte << 32) + 254) / 255;  // the least word with 255 word >= 2^32 byte
    if (first > 0) wrong += !tools::is_one(std::uint32_t(first - 1), std::uint8_t(byte));
    if (first >> 32 == 0) wrong += tools::is_one(std::uint32_t(first), std::uint8_t(byte));
  }
  CHECK(wrong == 0);
}

TEST_CASE("binarize: the first word that makes no 1 of a float") {
  CHECK_FALSE(tools::is_one(0, 0.0f));
  CHECK(tools::is_one(0x3fffffff, 0.25f));
  CHECK_FALSE(tools::is_one(0x40000000, 0.25f));
  CHECK(tools::is_one(0xffffffff, 1.0f));
}

TEST_CASE("binarize: the noise belongs to the datum, not to the batch") {
  const auto grey = byte_images(10, 50, std::vector<std::uint8_t>(500, 128));
  const Array all = binarize(grey, first_rows(10), Binarization::dynamic, Stream());
  const Array some = binarize(grey, {7, 2}, Binarization::dynamic, Stream());
  CHECK(values(some) == values(take_rows(all, {7, 2})));
  CHECK(values(take_rows(all, {7})) != values(take_rows(all, {2})));
}

TEST_CASE(
    "binarize: a missing pixel stays so, and hidden ones are those of the datum, as many as asked for") {
  const Images grey = float_images(2, 2, {std::nanf(""), 1, 0, std::nanf("")});
  for (const Binarization mode :
       {Binarization::dynamic, Binarization::fixed, Binarization::threshold, Binarization::none}) {
    const Array x = binarize(grey, {0, 1}, mode, Stream());
    CHECK((std::isnan(x(0, 0)) && x(0, 1) == 1 && x(1, 0) == 0 && std::isnan(x(1, 1))));
  }

  Array all = autograd::full({10, 1000}, 1), some = autograd::full({2, 1000}, 1);
  tools::hide(0.2, Stream(), all);
  tools::hide(0.2, Stream().for_data({7, 2}), some);
  std::size_t hidden = 0;
  for (const float v : all) hidden += std::isnan(v);
  CHECK(std::abs(double(hidden) - 2000) < 4.9 * 40);
  for (std::size_t d = 0; d < 1000; ++d) {
    CHECK(std::isnan(some(0, d)) == std::isnan(all(7, d)));
    CHECK(std::isnan(some(1, d)) == std::isnan(all(2, d)));
  }
}

TEST_CASE("binarize: another epoch is another draw, the same epoch the same") {
  const auto grey = byte_images(1, 500, std::vector<std::uint8_t>(500, 128));
  const auto draw = [&](std::uint32_t epoch) {
    return values(binarize(grey, {0}, Binarization::dynamic, Stream().at_epoch(epoch)));
  };
  CHECK(draw(3) == draw(3));
  CHECK(draw(3) != draw(4));
}
