// The fitted shape against samples of known shape. Its deviation is about (1 + k) / √n; checks reject a right
// fit with probability 1e-6 each.
#include "vae/evidence/pareto.h"

#include <cmath>

#include "autograd/random.h"
#include "tests/catch.h"

using namespace vae;

namespace {

// y = σ/k (u⁻ᵏ − 1), u uniform
std::vector<double> pareto(double k, double sigma, std::size_t n) {
  const autograd::Array u = autograd::uniform(autograd::Stream().at_epoch(3), {n});
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i) y.push_back(sigma / k * (std::pow(double(u(i)), -k) - 1));
  return y;
}

}  // namespace

TEST_CASE("pareto: the shape of exact samples is found, pulled to one half as by ten more") {
  for (const double k : {-0.4, 0.2, 0.7, 1.5})
    for (const std::size_t n : {200u, 4000u}) {
      INFO(k << ", " << n);
      const double expected = (double(n) * k + 5) / double(n + 10);
      CHECK(std::abs(pareto_shape(pareto(k, 2, n)) - expected) < 4.9 * (1 + k) / std::sqrt(double(n)));
    }
}

TEST_CASE("pareto: the shape does not depend on the unit or the order, and zeros are left out") {
  std::vector<double> y = pareto(0.7, 1, 300), scaled;
  for (std::size_t i = y.size(); i-- > 0;) scaled.push_back(1e-30 * y[i]), scaled.push_back(0);
  CHECK(pareto_shape(scaled) == Approx(pareto_shape(y)).epsilon(1e-9));
}

TEST_CASE("pareto: fewer than five exceedances have no shape") {
  CHECK(std::isnan(pareto_shape({})));
  CHECK(std::isnan(pareto_shape({1, 2, 3, 4, 0})));
  CHECK_FALSE(std::isnan(pareto_shape({1, 2, 3, 4, 5})));
}
