// Gauss–Hermite nodes against the known ones, and the moments of N(0, 1).
#include "vae/exact/gauss_hermite.h"

#include <cmath>
#include <stdexcept>

#include "tests/catch.h"

using vae::GaussHermite;

TEST_CASE("gauss_hermite: the nodes of small rules are known") {
  const GaussHermite one(1), two(2), three(3);
  CHECK(one.nodes.at(0) == Approx(0).margin(1e-15));
  CHECK(one.weights.at(0) == Approx(1));
  CHECK(two.nodes.at(1) == Approx(1));
  CHECK(two.weights.at(0) == Approx(0.5));
  CHECK(three.nodes.at(2) == Approx(std::sqrt(3.0)));
  CHECK(three.nodes.at(1) == Approx(0).margin(1e-15));
  CHECK(three.weights.at(1) == Approx(2.0 / 3));
  CHECK(three.weights.at(2) == Approx(1.0 / 6));
}

TEST_CASE("gauss_hermite: n nodes integrate polynomials of degree 2n - 1 exactly, and not of degree 2n") {
  for (const std::size_t n : {1u, 2u, 5u, 12u, 33u, 64u, 128u, 255u, 256u}) {
    const GaussHermite rule(n);
    REQUIRE(rule.nodes.size() == n);
    double moment = 1;  // E t^k = (k − 1)!! for even k, 0 for odd k
    for (std::size_t k = 0; k <= std::min<std::size_t>(2 * n, 60); k += 2) {
      if (k > 0) moment *= double(k - 1);
      double even = 0, odd = 0, size = 0;
      for (std::size_t i = 0; i < n; ++i) {
        even += rule.weights[i] * std::pow(rule.nodes[i], double(k));
        odd += rule.weights[i] * std::pow(rule.nodes[i], double(k + 1));
        size += rule.weights[i] * std::abs(std::pow(rule.nodes[i], double(k + 1)));
      }
      INFO(n << " nodes, degree " << k);
      if (k < 2 * n) {
        CHECK(even == Approx(moment).epsilon(1e-11));
        CHECK(std::abs(odd) <= 1e-11 * size);
      } else {
        CHECK(even < 0.999999 * moment);
      }
    }
  }
}

TEST_CASE("gauss_hermite: as many nodes as double cannot hold are refused") {
  CHECK_THROWS_AS(GaussHermite(0), std::invalid_argument);
  CHECK_THROWS_AS(GaussHermite(257), std::invalid_argument);
}
