// The test of estimators passes right ones and catches biased ones.
#include "autograd/estimator_check.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "tests/catch.h"

using namespace autograd;

// E[z²] = μ² + σ² for z = μ + σε, whose gradient is (2μ, 2σ).
TEST_CASE("estimator check: an estimator's gradient is the exact one on average, or is caught") {
  Parameter mu(array({3}, {0.5, -1, 2})), sigma(array({3}, {1, 0.3, 0.7}));
  const auto exact = [&] { return sum(square(mu) + square(sigma)); };
  const auto draw = [](const Stream& stream) { return constant(normal(stream, {3})); };
  const auto pathwise = [&](const Stream& stream) { return sum(square(mu + sigma * draw(stream))); };
  const EstimatorCheck right = check_estimator(pathwise, exact, {&mu, &sigma}, 2000);
  INFO(right.worst);
  CHECK(right.ok());
  CHECK(right.bound == Approx(5.23).margin(0.01));  // 1e-6 in six entries of two sides

  const auto biased = [&](const Stream& stream) {
    return sum(square(mu + Real(1.1) * sigma * draw(stream)));
  };
  const EstimatorCheck wrong = check_estimator(biased, exact, {&mu, &sigma}, 2000);
  CHECK_FALSE(wrong.ok());
  CHECK(wrong.worst.find("input 1") == 0);
  // The same, small: what counts is the noise, not the size.
  const Real small = 1e-12;
  CHECK(check_estimator([&](const Stream& s) { return small * pathwise(s); }, [&] { return small * exact(); },
                        {&mu}, 500)
            .ok());
  CHECK_FALSE(check_estimator([&](const Stream& s) { return small * biased(s); },
                              [&] { return small * exact(); }, {&sigma}, 2000)
                  .ok());
  CHECK_THROWS_AS(check_estimator(pathwise, exact, {&mu}, 1), std::invalid_argument);
  CHECK_THROWS_AS(check_estimator(pathwise, exact, {}), std::invalid_argument);
  CHECK_THROWS_AS(check_estimator(pathwise, exact, {&mu}, 10, 2), std::invalid_argument);
  const auto blocked = [&](const Stream& stream) {
    return sum(square(mu + stop_gradient(sigma) * draw(stream)));
  };
  CHECK_FALSE(check_estimator(blocked, exact, {&mu, &sigma}, 100).ok());
}
