// log Σ eˣ and its relatives, also where eˣ overflows. Long ones are tested in
// ../kernels/block_loops_test.cpp.
#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("softmax: logsumexp") {
  Evaluation scope;
  CHECK(logsumexp(vector({0, 0, 0}), {0}).item() == Approx(std::log(3.0)).epsilon(1e-15));
  CHECK(logsumexp(vector({1000, 1000}), {0}).item() == Approx(1000 + std::log(2.0)).epsilon(1e-15));
  CHECK(logsumexp(vector({-1000, -1001}), {0}).item() ==
        Approx(-1000 + std::log1p(std::exp(-1.0))).epsilon(1e-15));
  CHECK(values_of(logsumexp(constant(array({2, 2}, {0, std::log(3.0), 5, -inf})), {1}).value())[0] ==
        Approx(std::log(4.0)));
}

TEST_CASE("softmax: logsumexp of infinities") {
  Evaluation scope;
  CHECK(logsumexp(vector({-inf, -inf}), {0}).item() == -inf);
  CHECK(logsumexp(vector({-inf, 3}), {0}).item() == 3);
  CHECK(logsumexp(vector({inf, 3}), {0}).item() == inf);
  CHECK(std::isnan(logsumexp(vector({not_a_number, 3}), {0}).item()));
}

TEST_CASE("softmax: infinite elements that are the largest share the weight, also as slopes of logsumexp") {
  const auto weights = [](const std::vector<Real>& x) {
    Step scope;
    const Var v = vector(x);
    const std::vector<Real> found = values_of(softmax(v, 0).value());
    const Array logs = log_softmax(v, 0).value(), slopes = backward(logsumexp(v, {0}))[v];
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(logs(i) == Approx(std::log(found[i])));
      CHECK(slopes(i) == found[i]);
    }
    return found;
  };
  CHECK(weights({inf, 3}) == std::vector<Real>{1, 0});
  CHECK(weights({inf, 3, inf, -inf}) == std::vector<Real>{0.5, 0, 0.5, 0});
  CHECK(weights({-inf, -inf}) == std::vector<Real>{0.5, 0.5});
  Evaluation scope;
  CHECK(std::isnan(softmax(vector({inf, not_a_number}), 0).value()(0)));
}

TEST_CASE("softmax: what is left beside the largest keeps its digits") {
  Evaluation scope;
  CHECK(logsumexp(vector({0, -40}), {0}).item() == Approx(4.2483542552915890e-18).epsilon(1e-14).margin(0));
  CHECK(log_softmax(vector({-5, 35}), 0).value()(1) ==
        Approx(-4.2483542552915890e-18).epsilon(1e-14).margin(0));
  CHECK(logsumexp(vector({0, 0, -40}), {0}).item() == Approx(std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("softmax: weights add up to one and do not overflow") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {3, 1, 2, 4, 6, 5}));
  CHECK(values_of(sum(softmax(x, 1), {1}).value())[0] == Approx(1).epsilon(1e-15));
  CHECK(softmax(vector({1000, 1000 + std::log(3.0)}), 0).value()(1) == Approx(0.75));
  CHECK(log_softmax(vector({0, -2000}), 0).value()(1) == -2000);
}

TEST_CASE("softmax: axes that do not exist are named") {
  CHECK(says(refusal([&] { logsumexp(operand({2, 3}), {5}); }), {"[logsumexp]", "axis 5", "[2,3]"}));
  CHECK(says(refusal([&] { softmax(operand({2}), 1); }), {"[softmax]", "axis 1", "[2]"}));
  CHECK(says(refusal([&] { softmax(operand({3, 3}), -3); }), {"[softmax]", "axis -3", "[3,3]"}));
}
