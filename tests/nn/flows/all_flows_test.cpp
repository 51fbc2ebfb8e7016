// What all flows have in common: log-determinants against the determinant of the Jacobian, forward and
// inverse, densities by quadrature, and samples against densities. Statistical checks fail true samples with
// probability 1e-6 each; seeds are fixed.
#include <cmath>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "nn/distributions/normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/flows/flows.h"

using namespace nn;
using namespace flows;

namespace {

// log |det J| by Gaussian elimination with pivoting.
double log_abs_det(Array J) {
  const std::size_t n = J.shape(0);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(J(i, k)) > std::abs(J(pivot, k))) pivot = i;
    for (std::size_t j = 0; j < n; ++j) std::swap(J(k, j), J(pivot, j));
    sum += std::log(std::abs(J(k, k)));
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = J(i, k) / J(k, k);
      for (std::size_t j = k; j < n; ++j) J(i, j) -= factor * J(k, j);
    }
  }
  return sum;
}

// A logit-normal density is narrow near 0 and 1; a masked autoregressive flow stretches.
Grid grid_for(const std::string& name, std::size_t D) {
  if (name == "sigmoid") return {D, D == 1 ? 4000u : 400u, 0, 1};
  if (name == "masked autoregressive") return {D, D == 1 ? 4000u : 300u, -30, 30};
  return {D, D == 1 ? 4000u : 200u, -10, 10};
}

struct OnGrid {
  std::string name;
  Flow flow;
  std::vector<Real> log_p;  // at the places of its grid
};

// Flows of moderate spread, which the grid resolves, with their densities. Computed once.
const std::vector<OnGrid>& densities(std::size_t D) {
  static std::vector<OnGrid> of[3];
  std::vector<OnGrid>& all = of[D];
  if (all.empty())
    for (const Case& c : all_flows(D, 0.3))
      all.push_back({c.name, c.flow, log_densities(c.flow, grid_for(c.name, D).places())});
  return all;
}

}  // namespace

TEST_CASE("flows: log |det| is that of the Jacobian") {
  for (const std::size_t D : {1u, 2u, 5u})
    for (const Case& c : all_flows(D))
      for (std::uint32_t n = 0; n < 3; ++n) {
        const Array z = normal(Stream().at_epoch(n), {1, D});
        const Array J =
            jacobian([&](const std::vector<Var>& v) { return c.flow.forward(v[0]).value; }, {z})[0];
        Evaluation scope;
        INFO(c.name << " of " << D);
        CHECK(c.flow.forward(constant(z)).log_det.item() == Approx(log_abs_det(J)).margin(1e-12));
      }
}

TEST_CASE("flows: inverse returns to where forward began, with the opposite log |det|") {
  Evaluation scope;
  for (const std::size_t D : {1u, 2u, 5u})
    for (const Case& c : all_flows(D)) {
      const Array z = normal(Stream(), {4, D});
      const ValueAndLogDet y = c.flow.forward(constant(z)), back = c.flow.inverse(y.value);
      INFO(c.name << " of " << D);
      REQUIRE(y.log_det.shape() == Shape{4});
      REQUIRE(back.log_det.shape() == Shape{4});
      for (std::size_t i = 0; i < z.size(); ++i)
        CHECK(back.value.value().data()[i] == Approx(z.data()[i]).margin(1e-11));
      for (std::size_t i = 0; i < 4; ++i)
        CHECK(back.log_det.value()(i) == Approx(-y.log_det.value()(i)).margin(1e-11));
    }
}

TEST_CASE("flows: densities integrate to one, in one dimension and in two") {
  for (const std::size_t D : {1u, 2u})
    for (const OnGrid& p : densities(D)) {
      INFO(p.name << " of " << D);
      CHECK(std::abs(grid_for(p.name, D).integral(p.log_p, [](const Real*) { return 1; }) - 1) < 1e-6);
    }
}

TEST_CASE("flows: log p that comes with a sample is log p of the sample") {
  Evaluation scope;
  for (const std::size_t D : {1u, 2u, 4u})
    for (const Case& c : all_flows(D)) {
      const Transformed p(Normal(constant(normal(Stream().at_epoch(5), {6, D})),
                                 constant(normal(Stream().at_epoch(6), {6, D}))),
                          c.flow);
      const auto [y, log_prob] = p.draw(Stream());
      const Array found = p.log_prob(y).value();
      INFO(c.name << " of " << D);
      REQUIRE(log_prob->shape() == Shape{6});
      for (std::size_t i = 0; i < 6; ++i) CHECK(found(i) == Approx(log_prob->value()(i)).epsilon(1e-9));
      CHECK(same(p.sample(Stream()), y.value()));
      CHECK(same(p.rsample(Stream()).value(), y.value()));
      CHECK_FALSE(same(p.sample(Stream().at_epoch(1)), y.value()));
    }
}

TEST_CASE("flows: samples of one dimension have the distribution function of the density") {
  for (const OnGrid& p : densities(1)) {
    const Grid grid = grid_for(p.name, 1);
    std::vector<double> below = {0};  // ∫ p up to the end of each cell
    for (const Real l : p.log_p) below.push_back(below.back() + std::exp(l) * grid.width());
    const auto cdf = [&](double y) {
      const double cell = std::min(std::max((y - grid.low) / grid.width(), 0.0), double(grid.n) - 1e-9);
      const std::size_t i = std::size_t(cell);
      return below[i] + (cell - double(i)) * (below[i + 1] - below[i]);
    };
    INFO(p.name);
    CHECK(kolmogorov_accepts(values_of(Transformed(Normal::standard({4000, 1}), p.flow).sample(Stream())),
                             cdf));
  }
}

TEST_CASE("flows: samples of two dimensions have the averages of the density") {
  const std::vector<std::function<double(const Real*)>> functions = {
      [](const Real* y) { return y[0]; },        [](const Real* y) { return y[1]; },
      [](const Real* y) { return y[0] * y[1]; }, [](const Real* y) { return y[0] * y[0]; },
      [](const Real* y) { return y[1] * y[1]; }, [](const Real* y) { return std::tanh(y[0] - y[1]) * y[0]; },
  };
  for (const OnGrid& p : densities(2)) {
    const Array y = Transformed(Normal::standard({20000, 2}), p.flow).sample(Stream());
    for (std::size_t k = 0; k < functions.size(); ++k) {
      std::vector<double> values;
      for (std::size_t r = 0; r < y.shape(0); ++r) values.push_back(functions[k](y.data() + 2 * r));
      INFO(p.name << ", function " << k);
      CHECK(average(values).agrees_with(grid_for(p.name, 2).integral(p.log_p, functions[k])));
    }
  }
}
