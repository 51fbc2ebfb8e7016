// Active units against the variance of the posterior's mean, which is known where q is linear.
#include "vae/diagnosis/active_units.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

namespace {

// Of numbers m_i, over their mean, divided by N − 1.
double sample_variance(const std::vector<double>& m) {
  double mean = 0, squares = 0;
  for (const double v : m) mean += v / double(m.size());
  for (const double v : m) squares += (v - mean) * (v - mean);
  return squares / double(m.size() - 1);
}

}  // namespace

// E_q[z₀|x] = A₀x + a₀ and E_q[z₁|x] = A₁(x, E z₀) + a₁
TEST_CASE("active_units: the variance of posterior means is that of the linear map, level by level") {
  LinearGaussian model({3, {2, 1}}, Stream());
  const Array x = random_array({50, 3}, 8);
  std::vector<Array> A;
  model.visit_posterior([&](const std::string& name, Parameter& w) {
    if (name.find("weight") != std::string::npos) A.push_back(w.value());
  });
  std::vector<std::vector<double>> means(3);
  for (std::size_t i = 0; i < 50; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      double m = 0;
      for (std::size_t d = 0; d < 3; ++d) m += A[0](j, d) * x(i, d);
      means[j].push_back(m);
    }
    double m = A[1](0, 3) * means[0][i] + A[1](0, 4) * means[1][i];
    for (std::size_t d = 0; d < 3; ++d) m += A[1](0, d) * x(i, d);
    means[2].push_back(m);
  }
  const auto found = variance_of_posterior_means(model, x, 2000, Stream());
  CHECK(found[0][0] == Approx(sample_variance(means[0])).epsilon(1e-12));
  CHECK(found[0][1] == Approx(sample_variance(means[1])).epsilon(1e-12));
  CHECK(found[1][0] == Approx(sample_variance(means[2])).epsilon(0.05));
  CHECK(active_units(model, x, 2000, Stream()) == std::vector<std::size_t>{2, 1});
}

TEST_CASE("active_units: units that ignore the datum are not active, whatever they take from those above") {
  LinearGaussian model({3, {2, 1}}, Stream());
  const Array x = random_array({200, 3}, 8);
  // z₀ ignores x, and z₁ depends on z₀ alone: noise, but nothing of x.
  model.visit_posterior([&](const std::string& name, Parameter& w) {
    if (name == "posterior.0.weight") w.update().fill(0);
    if (name == "posterior.1.weight") w.update() = array({1, 5}, {0, 0, 0, 3, 0});
  });
  CHECK(active_units(model, x, 100, Stream()) == std::vector<std::size_t>{0, 0});
  CHECK(std::abs(variance_of_posterior_means(model, x, 100, Stream())[1][0]) < 0.1);
  CHECK(active_units(model, x, 100, Stream(), -1) == std::vector<std::size_t>{2, 1});
}

TEST_CASE("active_units: one datum, and an odd number of samples of several levels, are refused") {
  const LinearGaussian model({3, {2, 1}}, Stream());
  CHECK_THROWS_AS(active_units(model, zeros({1, 3}), 2, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(active_units(model, zeros({4, 3}), 3, Stream()), std::invalid_argument);
}
