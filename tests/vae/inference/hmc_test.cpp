// Hamiltonian Monte Carlo on linear-Gaussian posteriors: it leaves them as they are at any step size, and
// finds them from elsewhere.
#include "vae/inference/hmc.h"

#include "tests/vae/inference/moments.h"
#include "vae/inference/chains.h"
#include "vae/inference/metropolis.h"

using namespace vae;

namespace {

const LinearGaussianSizes one_level = {4, {3}, Covariance::diagonal, Covariance::full},
                          three_levels = {3, {2, 1, 1}, Covariance::isotropic, Covariance::full};

}  // namespace

// With few steps accepted, what is moved but should not be would show.
TEST_CASE("hmc: exact draws stay exact, also where half of the steps are refused") {
  for (const LinearGaussianSizes& sizes : {one_level, three_levels}) {
    LinearGaussian model(sizes, Stream());
    const Array x = copies_of_datum(sizes.pixels, 20000);
    const LogDensity target = unnormalized_posterior(model, x);
    Walkers walkers = start_at(target, exact_draws(model, x, 1));
    const double accepted = hmc(target, {Real(0.5), 3}, Stream().at_epoch(5), walkers);
    INFO(accepted);
    CHECK(accepted > 0.3);
    CHECK(accepted < 0.85);
    check_equal_moments(walkers.z, exact_draws(model, x, 2));
    // and log π is that of where they are
    CHECK(dot({Array(walkers.log_pi - start_at(target, walkers.z).log_pi)}, {walkers.log_pi}) ==
          Approx(0).margin(1e-6));
  }
}

TEST_CASE("hmc: from the wrong place, chains come to the posterior") {
  LinearGaussian model(three_levels, Stream());
  const Array x = copies_of_datum(3, 4000);
  const LogDensity target = unnormalized_posterior(model, x);
  Walkers walkers = start_at(target, full({4000, 4}, 2));
  for (std::uint32_t t = 0; t < 30; ++t) hmc(target, {Real(0.3), 5}, Stream().at_epoch(t), walkers);
  check_equal_moments(walkers.z, exact_draws(model, x, 2));
}

TEST_CASE("hmc: the leapfrog's error in H falls with the square of the step") {
  LinearGaussian model(one_level, Stream());
  const Array x = copies_of_datum(4, 500);
  const LogDensity target = unnormalized_posterior(model, x);
  std::vector<double> refused;
  for (const double eps : {0.2, 0.1}) {
    Walkers walkers = start_at(target, exact_draws(model, x, 1));
    refused.push_back(1 - hmc(target, {Real(eps), std::size_t(1 / eps + 0.5)}, Stream(), walkers));
  }
  CHECK(refused[0] / refused[1] == Approx(4).epsilon(0.2));
}

TEST_CASE("hmc: the same noise gives the same chain, and adaptation leads to 0.65") {
  LinearGaussian model(one_level, Stream());
  const LogDensity target = unnormalized_posterior(model, copies_of_datum(4, 200));
  const auto run = [&] {
    Walkers walkers = start_at(target, zeros({200, 3}));
    Real eps = Real(0.01);
    double accepted = 0;
    for (std::uint32_t t = 0; t < 120; ++t) {
      const double a = hmc(target, {eps, 4}, Stream().at_epoch(t), walkers);
      eps = adapted(eps, a);
      if (t >= 100) accepted += a / 20;
    }
    return std::make_pair(walkers.z, accepted);
  };
  const auto [z, accepted] = run();
  CHECK(same(z, run().first));
  CHECK(accepted == Approx(0.65).margin(0.1));
}

TEST_CASE("hmc: a step is worth more draws than one of the random walk") {
  LinearGaussian model({8, {6}, Covariance::isotropic, Covariance::full}, Stream());
  const LogDensity target = unnormalized_posterior(model, copies_of_datum(8, 4));  // four chains
  std::vector<Chain> by_hmc(4), by_walk(4);
  Walkers h = start_at(target, exact_draws(model, copies_of_datum(8, 4), 1)), w = h;
  for (std::uint32_t t = 0; t < 1000; ++t) {
    hmc(target, {Real(0.25), 6}, Stream().at_epoch(t), h);
    metropolis(target, Real(0.4), Stream().at_epoch(t), w);
    for (std::size_t c = 0; c < 4; ++c) by_hmc[c].push_back(h.z(c, 0)), by_walk[c].push_back(w.z(c, 0));
  }
  CHECK(split_r_hat(by_hmc) < 1.02);
  CHECK(effective_draws(by_hmc) > 5 * effective_draws(by_walk));
}

TEST_CASE("hmc: a z of another width than the levels is refused") {
  LinearGaussian model(one_level, Stream());
  const LogDensity target = unnormalized_posterior(model, copies_of_datum(4, 2));
  CHECK_THROWS_AS(start_at(target, zeros({2, 4})), std::invalid_argument);
}
