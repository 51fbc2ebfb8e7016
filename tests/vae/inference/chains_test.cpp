// R̂ and the effective sample size on series of known autocorrelation.
#include "vae/inference/chains.h"

#include <cmath>
#include <stdexcept>

#include "autograd/random.h"
#include "tests/catch.h"

using namespace vae;

namespace {

// x_i = φ x_{i−1} + √(1 − φ²) ε_i: autocorrelation φᵗ at lag t, so n draws are worth n (1 − φ)/(1 + φ).
Chain autoregression(double phi, std::size_t n, std::uint32_t which, double mean = 0) {
  const autograd::Array e = autograd::normal(autograd::Stream().at_epoch(which), {n});
  Chain x = {e(0)};
  for (std::size_t i = 1; i < n; ++i) x.push_back(phi * x.back() + std::sqrt(1 - phi * phi) * e(i));
  for (double& v : x) v += mean;
  return x;
}

std::vector<Chain> four(double phi, std::size_t n, double apart = 0) {
  std::vector<Chain> all;
  for (std::uint32_t c = 0; c < 4; ++c) all.push_back(autoregression(phi, n, c, apart * c));
  return all;
}

}  // namespace

TEST_CASE("chains: R-hat of a small case by hand") {
  // Halves {0,2}, {1,3}, {4,6}, {5,7}: W = 2, means 1, 2, 5, 6 with variance 17/3; √((2/2 + 17/3) / 2)
  CHECK(split_r_hat({{0, 2, 1, 3}, {4, 6, 5, 7}}) == Approx(std::sqrt((1 + 17 / 3.0) / 2)).epsilon(1e-12));
}

TEST_CASE("chains: R-hat is 1 if they agree, and larger if they lie apart or drift") {
  CHECK(split_r_hat(four(0, 1000)) == Approx(1).margin(0.005));
  CHECK(split_r_hat(four(0.9, 20000)) == Approx(1).margin(0.005));
  CHECK(split_r_hat(four(0, 1000, 0.5)) > 1.05);
  Chain drift = autoregression(0, 1000, 1);
  for (std::size_t i = 0; i < drift.size(); ++i) drift[i] += 2e-3 * double(i);  // its halves disagree
  CHECK(split_r_hat({drift}) > 1.1);
}

// The estimate scatters by about 5 % at these lengths.
TEST_CASE("chains: the effective sample size of an autoregression is n (1 - phi) / (1 + phi)") {
  for (const double phi : {-0.4, 0.0, 0.5, 0.9}) {
    INFO(phi);
    CHECK(effective_draws(four(phi, 10000)) == Approx(40000 * (1 - phi) / (1 + phi)).epsilon(0.15));
  }
}

TEST_CASE("chains: those that disagree are worth few draws") {
  CHECK(effective_draws(four(0, 1000, 3)) < 20);
  CHECK(split_r_hat(four(0, 1000, 3)) > 2);
}

TEST_CASE("chains: none, short ones, and ones of different lengths are refused") {
  CHECK_THROWS_AS(split_r_hat({}), std::invalid_argument);
  CHECK_THROWS_AS(split_r_hat({{1, 2, 3}}), std::invalid_argument);
  CHECK_THROWS_AS(effective_draws({{1, 2, 3, 4}, {1, 2, 3, 4, 5}}), std::invalid_argument);
}
