// What is given and what is modelled, of small images.
#include "tools/data/condition.h"

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/data/shapes.h"

using namespace tools;
using namespace autograd;

TEST_CASE("condition: a label is one-hot, and the model is of the whole image") {
  Images images;
  images.count = 2, images.height = images.width = 1, images.bytes = {7, 8}, images.labels = {2, 0};
  const Conditioning of(ConditionKind::label, 1, 1, 3);
  const Array whole = array({2, 1}, {1, 0});
  CHECK(of.size() == 3);
  CHECK(of.pixels() == 1);
  CHECK(values_of(*of.condition(images, {1, 0}, whole)) == std::vector<Real>{1, 0, 0, 0, 0, 1});
  CHECK(values_of(of.modelled(whole)) == std::vector<Real>{1, 0});
  CHECK(classes_of(images) == 3);
  CHECK(classes_of({}) == 0);

  images.labels[0] = 3;
  CHECK(outcome([&] { of.condition(images, {0}, whole); }).code == 65);
  images.labels.clear();
  CHECK(outcome([&] { of.condition(images, {0}, whole); }).code == 65);
  CHECK(outcome([] { Conditioning(ConditionKind::label, 1, 1, 0); }).code == 2);
}

TEST_CASE("condition: the upper half is given, the lower one modelled, and together they are the image") {
  const Conditioning of(ConditionKind::upper_half, 4, 1, 0);
  const Array whole = array({2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(of.size() == 2);
  CHECK(of.height() == 2);
  const std::optional<Array> c = of.condition({}, {0, 1}, whole);
  CHECK(values_of(*c) == std::vector<Real>{1, 2, 5, 6});
  CHECK(values_of(of.modelled(whole)) == std::vector<Real>{3, 4, 7, 8});
  CHECK(values_of(of.whole(c, of.modelled(whole))) == values_of(whole));
  CHECK(outcome([] { Conditioning(ConditionKind::upper_half, 3, 1, 0); }).code == 2);
}

TEST_CASE("condition: nothing is given by default, and all is modelled") {
  const Conditioning of(ConditionKind::nothing, 2, 2, 0);
  CHECK(of.size() == 0);
  CHECK(!of.condition({}, {0}, zeros({1, 4})));
  CHECK(of.pixels() == 4);
}

TEST_CASE(
    "condition: a shape that moves is the same in both frames, five pixels on, in four directions alike") {
  const std::size_t n = 400, half = 28 * 28;
  const Images images = draw_moving_shapes(n, autograd::Stream());
  CHECK(images.height == 56);
  std::vector<std::size_t> count(4);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint8_t* frame = &images.bytes[i * 2 * half];
    const std::ptrdiff_t steps[] = {5, -5 * 28, -5, 5 * 28};
    std::size_t found = 0;
    for (std::size_t d = 0; d < 4; ++d) {
      bool moved = true;
      for (std::ptrdiff_t k = 0; k < std::ptrdiff_t(half); ++k)
        if (frame[k])
          moved = moved && std::abs(int(frame[k]) - int(frame[std::ptrdiff_t(half) + k + steps[d]])) <= 16;
      if (moved) ++count[d], ++found;
    }
    CHECK(found == 1);
  }
  for (const std::size_t c : count) CHECK(c > 60);  // of 100 ± 9 each: 4.6 deviations
}
