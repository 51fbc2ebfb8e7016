// The distribution that a flow makes of any base, and the names of a flow's parameters. What all flows have
// in common is in all_flows_test.cpp. Statistical checks fail true samples with probability 1e-6 each; seeds
// are fixed.
#include "nn/flows/flow.h"

#include <cmath>
#include <functional>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/multivariate_normal.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/flows/flows.h"

using namespace nn;
using namespace flows;

TEST_CASE(
    "flow: from other bases, densities integrate to one, come with samples, and are those of the samples") {
  Evaluation scope;
  const std::size_t D = 2, n = 4000;
  const Flow flow = with_numbers(Flow({AffineFlow(D), CouplingFlow(D, Half::first, {6}, smooth, Stream()),
                                       AutoregressiveFlow(D, {8}, smooth, Stream())}),
                                 0.3);
  const std::vector<std::function<Density(std::size_t)>> bases = {
      [](std::size_t rows) {
        return Laplace(constant(full({rows, 2}, 0.3)), constant(full({rows, 2}, -0.2)));
      },
      [](std::size_t rows) {
        return Logistic(constant(full({rows, 2}, 0.3)), constant(full({rows, 2}, -0.2)));
      },
      [](std::size_t rows) {
        return MultivariateNormal(constant(full({rows, 2}, 0.3)),
                                  broadcast_to(constant(array({1, 2, 2}, {1, 0, -0.8, 0.6})), {rows, 2, 2}));
      }};
  for (std::size_t k = 0; k < bases.size(); ++k) {
    INFO("base " << k);
    const Grid grid = {D, 400, -40, 40};
    const Array places = grid.places();
    const std::vector<Real> log_p =
        values_of(Transformed(bases[k](places.shape(0)), flow).log_prob(constant(places)).value());
    // a Laplace has kinks, which the grid does not resolve
    CHECK(std::abs(grid.integral(log_p, [](const Real*) { return 1; }) - 1) < (k == 0 ? 1e-2 : 1e-6));

    const Transformed p(bases[k](n), flow);
    const auto [y, log_prob] = p.draw(Stream());
    const Array found = p.log_prob(y).value();
    for (std::size_t i = 0; i < n; ++i) REQUIRE(found(i) == Approx(log_prob->value()(i)).epsilon(1e-9));
    CHECK(same(p.sample(Stream()), y.value()));
    std::vector<double> first;
    for (std::size_t i = 0; i < n; ++i) first.push_back(std::tanh(y.value()(i, 0)));
    CHECK(average(first).agrees_with(grid.integral(log_p, [](const Real* y) { return std::tanh(y[0]); })));
  }
}

TEST_CASE("flow: the sigmoid of a logistic number is uniform") {
  Step step;
  const Flow flow({SigmoidFlow()});
  const Var mu = variable(zeros({3, 1})), log_scale = variable(zeros({3, 1}));
  const Var log_p =
      Transformed(Logistic(mu, log_scale), flow).log_prob(constant(array({3, 1}, {0.001, 0.4, 0.97})));
  for (const Real l : values_of(log_p.value())) CHECK(l == Approx(0).margin(1e-14));
  // ∂/∂μ log p = tanh(z/2) = 2y − 1
  const Array slopes = backward(sum(log_p))[mu];
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(slopes(i, 0) == Approx(2 * std::vector<double>{0.001, 0.4, 0.97}[i] - 1));
}

TEST_CASE("flow: a discrete base is refused") {
  Evaluation scope;
  const Flow flow({SigmoidFlow()});
  const auto discrete = [&] { Transformed(Bernoulli(constant(zeros({3, 1}))), flow); };
  CHECK(says(message_of<std::invalid_argument>(discrete), {"[transformed]", "discrete"}));
}

TEST_CASE("flow: a scalar is refused") {
  Evaluation scope;
  CHECK_THROWS_AS(Flow({AffineFlow(3)}).forward(constant(zeros({}))), std::invalid_argument);
}

TEST_CASE("flow: parameters are named by their step") {
  Flow flow({AffineFlow(2), SigmoidFlow(), CouplingFlow(2, Half::first, {}, smooth, Stream()),
             AutoregressiveFlow(2, {}, smooth, Stream())});
  std::string names;
  flow.visit("flow",
             [&](const std::string& name, Parameter& p) { names += name + to_string(p.shape()) + " "; });
  CHECK(names ==
        "flow.0.shift[2] flow.0.log_scale[2] flow.2.network.0.weight[2,1] "
        "flow.2.network.0.bias[2] flow.3.made.0.weight[4,2] flow.3.made.0.bias[4] ");
}
