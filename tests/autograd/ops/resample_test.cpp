// Enlarging and reducing images, against index arithmetic.
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/ops/compare.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("resample: upsampling repeats a pixel in a square, and pooling sums over a square") {
  Evaluation scope;
  for (const std::size_t f : {1u, 2u, 3u}) {
    const Array x = normal(Stream(), {2, 3, 2 * f, 5 * f});
    const Array up = upsample_nearest2d(constant(x), f).value();
    REQUIRE(up.shape() == Shape{2, 3, 2 * f * f, 5 * f * f});
    for (std::size_t n = 0; n < 2; ++n)
      for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t i = 0; i < up.shape(2); ++i)
          for (std::size_t j = 0; j < up.shape(3); ++j) CHECK(up(n, c, i, j) == x(n, c, i / f, j / f));

    Array expected = zeros({2, 3, 2, 5});
    for (std::size_t n = 0; n < 2; ++n)
      for (std::size_t c = 0; c < 3; ++c)
        for (std::size_t i = 0; i < 2 * f; ++i)
          for (std::size_t j = 0; j < 5 * f; ++j) expected(n, c, i / f, j / f) += x(n, c, i, j);
    CHECK(difference(sum_pool2d(constant(x), f).value(), expected) < 1e-14);
    CHECK(difference(avg_pool2d(constant(x), f).value(), expected / Real(f * f)) < 1e-14);
  }
  CHECK(upsample_nearest2d(constant(zeros({0, 3, 2, 2})), 2).shape() == Shape{0, 3, 4, 4});
  CHECK(avg_pool2d(constant(zeros({0, 3, 2, 2})), 2).shape() == Shape{0, 3, 1, 1});
}

TEST_CASE("resample: what does not fit is refused") {
  const auto message = [](Var (*f)(Var, std::size_t), const Shape& shape, std::size_t factor) {
    return refusal([&] { f(operand(shape), factor); });
  };
  CHECK(says(message(avg_pool2d, {1, 1, 4, 5}, 2),
             {"[sum_pool2d] x is [1,1,4,5]", "squares of side 2 do not tile"}));
  CHECK(says(message(avg_pool2d, {1, 1, 5, 4}, 2), {"do not tile"}));
  CHECK(says(message(avg_pool2d, {1, 4, 4}, 2), {"[sum_pool2d] x is [1,4,4], not [N,C,H,W]"}));
  CHECK(says(message(sum_pool2d, {1, 1, 4, 4}, 0), {"[sum_pool2d]", "factor of 0"}));
  CHECK(says(message(upsample_nearest2d, {4, 4}, 2), {"[upsample_nearest2d] x is [4,4], not [N,C,H,W]"}));
  CHECK(says(message(upsample_nearest2d, {1, 1, 4, 4}, 0), {"[upsample_nearest2d]", "factor of 0"}));
}
