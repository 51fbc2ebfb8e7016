// The elementwise bijections: how they begin, the logit-normal density, and inputs that do not fit.
#include "nn/flows/elementwise.h"

#include <cmath>

#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/flows/flows.h"

using namespace nn;
using namespace flows;

TEST_CASE("affine flow: it begins as the identity, and refuses rows of another length") {
  Evaluation scope;
  const Var z = constant(normal(Stream(), {5, 4}));
  CHECK(same(AffineFlow(4).forward(z).value.value(), z.value()));
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  const Var short_rows = constant(zeros({2, 3}));
  CHECK(says(refusal([&] { AffineFlow(4).forward(short_rows); }), {"[affine_flow] z is [2,3], not [B,4]"}));
  CHECK(says(refusal([&] { AffineFlow(4).inverse(short_rows); }), {"[affine_flow] z is [2,3], not [B,4]"}));
}

TEST_CASE("sigmoid flow: the sigmoid of a normal number has the logit-normal density") {
  Flow flow({AffineFlow(1), SigmoidFlow()});
  flow.visit("",
             [](const std::string& name, Parameter& p) { p.update()(0) = name == ".0.shift" ? 0.3 : -0.5; });
  for (const double y : {0.02, 0.4, 0.9}) {
    const double t = (std::log(y / (1 - y)) - 0.3) / std::exp(-0.5);
    const double expected = -0.5 * t * t - 0.5 * std::log(2 * M_PI) + 0.5 - std::log(y * (1 - y));
    CHECK(log_densities(flow, array({1, 1}, {y}))[0] == Approx(expected).epsilon(1e-13));
  }
}

TEST_CASE("affine flow: scales as far as its header allows keep 0 at 0, and further ones are refused") {
  Step step;
  AffineFlow f(2);
  f.log_scale.update() = array({2}, {-1400, 1400});
  const Var z = constant(zeros({1, 2}));
  for (const Var& y : {f.forward(z).value, f.inverse(z).value}) {
    CHECK(values_of(y.value()) == std::vector<Real>{0, 0});
    for (const Real slope : backward(sum(y))[f.log_scale]) CHECK(slope == 0);
  }
  f.log_scale.update()(1) = infinity;
  CHECK(says(message_of<std::domain_error>([&] { f.forward(z); }),
             {"[affine_flow]", "log_scale", "element 1"}));
  CHECK(says(message_of<std::domain_error>([&] { f.inverse(z); }),
             {"[affine_flow]", "log_scale", "element 1"}));
}
