// Sets of images: some of them, how grey they are, and how unlike each other two sets are.
#include "tools/data/images.h"

#include "autograd/random.h"
#include "tests/catch.h"

using namespace tools;

namespace {

// `count` images of two pixels; each is noise around `mean`.
Images noise(std::size_t count, std::uint32_t key, float mean) {
  Images images;
  images.count = count, images.height = 1, images.width = 2;
  const autograd::Array x = autograd::uniform(autograd::Stream().at_epoch(key), {count, 2});
  for (std::size_t i = 0; i < x.size(); ++i) images.floats.push_back(mean + 0.1f * float(x.data()[i]));
  return images;
}

}  // namespace

TEST_CASE("images: in any order, with all that is known of them", "[images]") {
  Images images;
  images.count = 3, images.height = 1, images.width = 2;
  images.bytes = {0, 1, 2, 3, 4, 5}, images.labels = {7, 8, 9};
  const Images taken = images.take({2, 0});
  CHECK(taken.count == 2);
  CHECK(taken.bytes == std::vector<std::uint8_t>{4, 5, 0, 1});
  CHECK(taken.labels == std::vector<std::uint8_t>{9, 7});
  CHECK(taken.floats.empty());
}

TEST_CASE("images: sets drawn alike differ by about 1, and sets of different classes by more", "[images]") {
  double alike = 0;
  for (std::uint32_t i = 0; i < 50; ++i) alike += drift(noise(60, i, 0), noise(20, 100 + i, 0)) / 50;
  CHECK(alike == Approx(1).margin(0.4));
  // Two clusters, at 0 and 1, of 60 and 20: the distance is 1 and σ² about 3/16, (1/60 + 1/20) σ² = 1/80
  CHECK(drift(noise(60, 1, 0), noise(20, 2, 1)) == Approx(80).epsilon(0.1));
  CHECK(drift(noise(60, 1, 0), noise(60, 1, 0)) == 0);
}

TEST_CASE("images: the share of grey pixels", "[images]") {
  Images images;
  images.count = 2, images.height = 1, images.width = 2;
  images.bytes = {0, 255, 254, 255};
  CHECK(grey_share(images) == 0.25);
}
