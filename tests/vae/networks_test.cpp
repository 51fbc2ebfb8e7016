// Networks of the models, and the steps between a network and a distribution.
#include "vae/networks.h"

#include <algorithm>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace vae;

TEST_CASE("networks: an MLP with the hidden layers of the architecture") {
  Architecture a;
  a.hidden = {5, 4};
  const nn::MLP mlp = network(a, 3, 2, Stream());
  REQUIRE(mlp.layers.size() == 3);
  CHECK(mlp.layers[0].weight.shape() == Shape{5, 3});
  CHECK(mlp.layers[1].weight.shape() == Shape{4, 5});
  CHECK(mlp.layers[2].weight.shape() == Shape{2, 4});
  a.hidden = {};
  CHECK(network(a, 3, 2, Stream()).layers.size() == 1);
}

TEST_CASE("networks: an output is the mean, then the log-variance within [-30, 20]") {
  Evaluation scope;
  const Normal n = normal_from(constant(array({2, 4}, {1, 2, 3, -50, 5, 6, 70, 8})));
  CHECK(values_of(n.mu.value()) == std::vector<Real>{1, 2, 5, 6});
  CHECK(values_of(n.log_var.value()) == std::vector<Real>{3, -30, 20, 8});
  CHECK(says(message_of<std::invalid_argument>([] {
               normal_from(constant(zeros({2, 3})));
             }),
             {"[2,3]", "[B,2Z]"}));
}

TEST_CASE("networks: a bounded log-variance has slope 1 within the bounds; outside, what leads back inside") {
  Step step;
  const Var log_var = variable(array({4}, {-31, -30, 3, 21}));
  CHECK(values_of(backward(sum(bounded_log_var(log_var)))[log_var]) == std::vector<Real>{0, 1, 1, 1});
  CHECK(values_of(backward(-sum(bounded_log_var(log_var)))[log_var]) == std::vector<Real>{-1, -1, -1, 0});
}

// With a slope of 0 outside, the log-variance would stay where it begins.
TEST_CASE("networks: descent leads a log-variance from beyond its bounds to the best one") {
  for (const Real start : {-60.0, 60.0}) {
    Parameter log_var(array({1, 1}, {start}));
    for (int i = 0; i < 4000; ++i) {
      Step step;
      const Normal q(constant(zeros({1, 1})), bounded_log_var(log_var));
      const Gradients g = backward(sum(kl(q, Normal::standard({1, 1}))));
      log_var.update()(0, 0) -= std::min(Real(0.5), std::max(Real(-0.5), g[log_var](0, 0)));
    }
    CHECK(log_var.value()(0, 0) == Approx(0).margin(1e-6));
  }
}

TEST_CASE("networks: repeat makes row r of datum r mod B") {
  Evaluation scope;
  const Var x = constant(array({2, 2}, {1, 2, 3, 4}));
  CHECK(values_of(repeat(x, 3).value()) == std::vector<Real>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(same(repeat(x, 1).value(), x.value()));
  CHECK_THROWS_AS(repeat(constant(zeros({})), 2), std::invalid_argument);
}

TEST_CASE("networks: x and the levels above stand side by side, x first") {
  Evaluation scope;
  const Var x = constant(array({2, 2}, {1, 2, 3, 4})), z0 = constant(array({2, 1}, {5, 6}));
  CHECK(values_of(side_by_side(x, {z0}).value()) == std::vector<Real>{1, 2, 5, 3, 4, 6});
  CHECK(same(side_by_side(x, {}).value(), x.value()));
}
