// Initial weights: their distributions, orthogonality, and the fans of kernels. Statistical checks fail true
// samples with probability 1e-6 each; seeds are fixed.
#include "nn/layers/initialization.h"

#include <algorithm>
#include <cmath>

#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// Row i of W, or column i
double dot(const Array& w, std::size_t i, std::size_t j, bool rows) {
  double sum = 0;
  const std::size_t length = w.shape(rows ? 1 : 0);
  for (std::size_t k = 0; k < length; ++k) sum += rows ? w(i, k) * w(j, k) : w(k, i) * w(k, j);
  return sum;
}

bool are_uniform(const Array& weights, double limit) {
  const std::vector<Real> w = values_of(weights);
  return kolmogorov_accepts(w, [&](double x) { return std::min(1.0, std::max(0.0, (x / limit + 1) / 2)); }) &&
         *std::max_element(w.begin(), w.end())<limit&& * std::min_element(w.begin(), w.end())> - limit;
}

}  // namespace

TEST_CASE("initialization: Glorot's weights are uniform within sqrt(6/(in+out))") {
  const Array w = glorot_uniform({200, 300}, Stream());
  CHECK(w.shape() == Shape{200, 300});
  CHECK(are_uniform(w, std::sqrt(6.0 / (300 + 200))));
}

TEST_CASE("initialization: LeCun's weights are uniform within sqrt(3/in), of variance 1/in") {
  const Array w = lecun_uniform({100, 300}, Stream());
  CHECK(are_uniform(w, std::sqrt(3.0 / 300)));
  std::vector<double> squares;
  for (const Real v : values_of(w)) squares.push_back(v * v);
  CHECK(average(squares).agrees_with(1.0 / 300));
}

TEST_CASE("initialization: He's weights are normal with variance 2/in") {
  const std::vector<Real> w = values_of(he_normal({200, 300}, Stream()));
  CHECK(kolmogorov_accepts(w, [](double x) { return normal_cdf(x / std::sqrt(2.0 / 300)); }));
}

TEST_CASE("initialization: the fans of a kernel are in k k and out k k") {
  CHECK(are_uniform(glorot_uniform({20, 10, 5, 3}, Stream()), std::sqrt(6.0 / (150 + 300))));
  CHECK(are_uniform(lecun_uniform({20, 10, 5, 3}, Stream()), std::sqrt(3.0 / 150)));
  CHECK(kolmogorov_accepts(values_of(he_normal({20, 10, 5, 3}, Stream())),
                           [](double x) { return normal_cdf(x / std::sqrt(2.0 / 150)); }));
}

TEST_CASE("initialization: the shorter side of an orthogonal matrix is orthonormal") {
  for (const Shape& shape :
       {Shape{7, 7}, Shape{4, 9}, Shape{9, 4}, Shape{1, 3}, Shape{3, 1}, Shape{60, 60}}) {
    const Array w = orthogonal(shape, Stream());
    REQUIRE(w.shape() == shape);
    const bool rows = shape[0] <= shape[1];
    const std::size_t count = std::min(shape[0], shape[1]);
    double off = 0;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j)
        off = std::max(off, std::abs(dot(w, i, j, rows) - (i == j ? 1 : 0)));
    INFO(to_string(shape));
    CHECK(off < 1e-14);
  }
  Array kernel = orthogonal({4, 2, 3, 1}, Stream());
  kernel.reshape({4, 6});
  CHECK(std::abs(dot(kernel, 0, 0, true) - 1) < 1e-14);
  CHECK(std::abs(dot(kernel, 0, 3, true)) < 1e-14);
  CHECK(orthogonal({0, 3}, Stream()).size() == 0);
}

// Uniform among the rotations and reflections of the plane: the angle of the first row is uniform, and half
// are reflections.
TEST_CASE("initialization: orthogonal matrices are drawn uniformly") {
  std::vector<double> angles, reflected;
  for (std::uint32_t n = 0; n < 2000; ++n) {
    const Array w = orthogonal({2, 2}, Stream().at_epoch(n));
    angles.push_back(std::atan2(w(0, 1), w(0, 0)));
    reflected.push_back(w(0, 0) * w(1, 1) - w(0, 1) * w(1, 0) < 0 ? 1 : 0);
  }
  CHECK(kolmogorov_accepts(angles, [](double x) { return (x + M_PI) / (2 * M_PI); }));
  CHECK(average(reflected).agrees_with(0.5));
}

TEST_CASE("initialization: the last weights of N residual branches are divided by the root of N") {
  const Array w = residual_scaled(array({1, 2}, {3, -4}), 4);
  CHECK(same(w, array({1, 2}, {1.5, -2})));
  CHECK_THROWS_AS(residual_scaled(w, 0), std::invalid_argument);
}

TEST_CASE("initialization: zero is 0 for any stream, and checks the shape") {
  CHECK(same(zero({3, 4, 2}, Stream().at_epoch(1)), zeros({3, 4, 2})));
  CHECK(
      says(message_of<std::invalid_argument>([] { zero({3}, Stream()); }), {"[zero] W is [3], not [out,in"}));
}

TEST_CASE("initialization: the numbers depend on the stream's place, not on its purpose") {
  for (const Initialization initial : {glorot_uniform, lecun_uniform, he_normal, orthogonal}) {
    CHECK(same(initial({3, 4}, Stream()), initial({3, 4}, Stream().at(Purpose::order))));
    CHECK_FALSE(same(initial({3, 4}, Stream()), initial({3, 4}, Stream().at_epoch(1))));
    CHECK(
        says(message_of<std::invalid_argument>([&] { initial({3}, Stream()); }), {"W is [3], not [out,in"}));
  }
}
