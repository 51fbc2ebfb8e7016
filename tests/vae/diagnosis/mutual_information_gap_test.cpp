// The mutual information gap of codes made for it, where it is known.
#include "vae/diagnosis/mutual_information_gap.h"

#include <cmath>
#include <functional>

#include "tests/catch.h"

using namespace vae;

namespace {

// Every pair of two factors of ten values once.
FactorValues pairs() {
  FactorValues v(2);
  for (std::size_t n = 0; n < 100; ++n) v[0].push_back(n / 10), v[1].push_back(n % 10);
  return v;
}

// Codes that are a function of the factors, with this deviation.
MutualInformationGap of_codes(const std::function<std::vector<double>(double a, double b)>& code,
                              Real deviation) {
  const FactorValues v = pairs();
  const std::size_t Z = code(0, 0).size();
  Array mean = empty({100, Z});
  for (std::size_t n = 0; n < 100; ++n)
    for (std::size_t j = 0; j < Z; ++j) mean(n, j) = code(double(v[0][n]), double(v[1][n]))[j];
  return mutual_information_gap(mean, full({100, Z}, deviation), v, Stream());
}

}  // namespace

TEST_CASE("mutual_information_gap: codes that are the factors, in any order and scale, have 1") {
  const MutualInformationGap found = of_codes(
      [](double a, double b) {
        return std::vector<double>{-7 * b, 0, 0.5 * a + 3};
      },
      1e-3);
  CHECK(found.mean == Approx(1).epsilon(1e-12));
  CHECK(found.entropy[0] == Approx(std::log(10.0)).epsilon(1e-12));
  CHECK(found.information[0][2] == Approx(std::log(10.0)).epsilon(1e-12));
  CHECK(found.information[1][0] == Approx(std::log(10.0)).epsilon(1e-12));
  for (const std::size_t j : {0u, 1u}) CHECK(found.information[0][j] == Approx(0).margin(1e-12));
}

// I(a + b; a) = H(a + b) − H(b), and the same of a − b.
TEST_CASE("mutual_information_gap: a rotation of the factors by 45 degrees has 0, and tells of both") {
  const MutualInformationGap found = of_codes(
      [](double a, double b) {
        return std::vector<double>{a + b, a - b};
      },
      1e-3);
  double H = 0;
  for (int sum = 0; sum <= 18; ++sum) {
    const double p = (10 - std::abs(sum - 9)) / 100.0;
    H -= p * std::log(p);
  }
  for (const std::size_t k : {0u, 1u})
    for (const std::size_t j : {0u, 1u})
      CHECK(found.information[k][j] == Approx(H - std::log(10.0)).epsilon(1e-12));
  CHECK(found.mean == Approx(0).margin(1e-12));
}

TEST_CASE("mutual_information_gap: codes that do not depend on the data have 0") {
  const MutualInformationGap found = of_codes([](double, double) { return std::vector<double>{0, 0, 0}; }, 1);
  CHECK(found.mean == Approx(0).margin(1e-12));
  for (const double I : found.information[0]) CHECK(I == Approx(0).margin(1e-12));
}

// One latent has all of a, another whether a is odd; of b nothing is told.
TEST_CASE("mutual_information_gap: it is the gap to the second latent, over the entropy, and a mean") {
  const MutualInformationGap found = of_codes(
      [](double a, double) {
        return std::vector<double>{std::fmod(a, 2), a, 0};
      },
      1e-3);
  CHECK(found.gap[0] == Approx((std::log(10.0) - std::log(2.0)) / std::log(10.0)).epsilon(1e-12));
  CHECK(found.gap[1] == Approx(0).margin(1e-12));
  CHECK(found.mean == Approx(found.gap[0] / 2).epsilon(1e-12));
}

// Two values seen through noise, z = ±1 + 1.5 ε. Then log q(z|v) − log q(z) = log 2 − log(1 + e^(∓2z
// / 1.5²)).
TEST_CASE("mutual_information_gap: through wide codes it is that of a noisy channel, at the same draws") {
  const std::size_t N = 1000;
  Array mean = zeros({N, 2});
  FactorValues v(1);
  for (std::size_t n = 0; n < N; ++n) v[0].push_back(n % 2), mean(n, 0) = n % 2 ? 1 : -1;
  const MutualInformationGap found = mutual_information_gap(mean, full({N, 2}, 1.5), v, Stream());
  const Array noise = normal(Stream(), {N, 2});
  double I = 0;
  for (std::size_t n = 0; n < N; ++n) {
    const double z = double(mean(n, 0)) + 1.5 * double(noise(n, 0));
    I += (std::log(2.0) - std::log1p(std::exp(-2 * double(mean(n, 0)) * z / 2.25))) / double(N);
  }
  CHECK(found.information[0][0] == Approx(I).epsilon(1e-12));
  CHECK((I > 0.1 && I < 0.3));
}

TEST_CASE("mutual_information_gap: a real number is a factor by its quantiles, whatever its scale") {
  const std::vector<std::size_t> expected = {0, 2, 1, 2, 0, 1};
  CHECK(by_quantiles({-5, 100, 0, 1e9, -4, 0.5}, 3) == expected);
  CHECK(by_quantiles({1, 1, 1, 1}, 2) == std::vector<std::size_t>{0, 0, 1, 1});
  CHECK_THROWS_AS(by_quantiles({1, 2}, 0), std::invalid_argument);
}

TEST_CASE("mutual_information_gap: other shapes, factors that do not vary, and no deviation are refused") {
  const auto gap = [](const Array& mean, const Array& deviation, const FactorValues& v) {
    return mutual_information_gap(mean, deviation, v, Stream());
  };
  const Array codes = zeros({3, 2}), ones = full({3, 2}, 1);
  CHECK_THROWS_AS(gap(zeros({3}), ones, {{0, 1, 1}}), std::invalid_argument);
  CHECK_THROWS_AS(gap(zeros({3, 1}), full({3, 1}, 1), {{0, 1, 1}}), std::invalid_argument);
  CHECK_THROWS_AS(gap(codes, full({3, 3}, 1), {{0, 1, 1}}), std::invalid_argument);
  CHECK_THROWS_AS(gap(codes, ones, {}), std::invalid_argument);
  CHECK_THROWS_AS(gap(codes, ones, {{0, 1}}), std::invalid_argument);
  CHECK_THROWS_AS(gap(codes, ones, {{2, 2, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(gap(codes, zeros({3, 2}), {{0, 1, 1}}), std::domain_error);
}
