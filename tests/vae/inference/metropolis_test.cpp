// The random walk on linear-Gaussian posteriors: it leaves them as they are, and finds them from elsewhere.
#include "vae/inference/metropolis.h"

#include "tests/vae/inference/moments.h"

using namespace vae;

TEST_CASE("metropolis: exact draws stay exact, though most steps are refused") {
  LinearGaussian model({3, {2, 1}, Covariance::diagonal, Covariance::full}, Stream());
  const Array x = copies_of_datum(3, 20000);
  const LogDensity target = unnormalized_posterior(model, x);
  Walkers walkers = start_at(target, exact_draws(model, x, 1));
  const double accepted = metropolis(target, Real(0.8), Stream().at_epoch(5), walkers);
  CHECK(accepted > 0.2);
  CHECK(accepted < 0.6);
  check_equal_moments(walkers.z, exact_draws(model, x, 2));
}

TEST_CASE("metropolis: from the wrong place, chains come to the posterior") {
  LinearGaussian model({3, {2}, Covariance::isotropic, Covariance::full}, Stream());
  const Array x = copies_of_datum(3, 4000);
  const LogDensity target = unnormalized_posterior(model, x);
  Walkers walkers = start_at(target, full({4000, 2}, 2));
  for (std::uint32_t t = 0; t < 100; ++t) metropolis(target, 1, Stream().at_epoch(t), walkers);
  check_equal_moments(walkers.z, exact_draws(model, x, 2));
}

TEST_CASE("metropolis: a proposal whose density is no number is refused") {
  Walkers walkers = {zeros({2, 1}), zeros({2})};
  const Walkers proposal = {full({2, 1}, 1), full({2}, 1)};
  CHECK(accept(proposal, {NAN, INFINITY}, Stream(), walkers) == Approx(0.5));
  CHECK(walkers.z(0, 0) == 0);
  CHECK(walkers.z(1, 0) == 1);
}
