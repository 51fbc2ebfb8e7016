// The inverse autoregressive flow: how it begins, its order, and what it refuses.
#include "nn/flows/autoregressive.h"

#include <cmath>

#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/flows/flows.h"

using namespace nn;
using namespace flows;

TEST_CASE("autoregressive flow: it begins near the identity: m near 0, s near 2") {
  const AutoregressiveFlow f(4, {}, smooth, Stream());
  CHECK(f.made.layers.back().bias.value()(3) == 0);
  CHECK(f.made.layers.back().bias.value()(4) == 2);
}

TEST_CASE("autoregressive flow: each unit depends on itself and on those before it in the order") {
  CHECK(same_zeros(jacobian_of_step(AutoregressiveFlow(3, {6}, smooth, Stream())),
                   {1, 0, 0, 1, 1, 0, 1, 1, 1}));
  CHECK(same_zeros(jacobian_of_step(AutoregressiveFlow(3, {6}, smooth, Stream(), {2, 0, 1})),
                   {1, 1, 1, 0, 1, 0, 0, 1, 1}));
}

TEST_CASE("autoregressive flow: rows of another length are refused") {
  Evaluation scope;
  const Var z = constant(zeros({2, 3}));
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  CHECK(says(refusal([&] { AutoregressiveFlow(4, {}, smooth, Stream()).inverse(z); }),
             {"[autoregressive_flow] z is [2,3]"}));
}

// σ(−800) is 0, and m is 0: y = z σ(s) is lost, but not made NaN by 0 / 0.
TEST_CASE("autoregressive flow: the inverse where the gate is closed") {
  Evaluation scope;
  AutoregressiveFlow f(1, {}, smooth, Stream());
  Array& bias = f.made.layers.back().bias.update();
  bias(1) = -800;
  CHECK(f.inverse(constant(zeros({1, 1}))).value.item() == 0);
  CHECK(f.inverse(constant(full({1, 1}, 1e-300))).value.item() ==
        Approx(1e-300 * std::exp(400.0) * std::exp(400.0)));
  CHECK(f.inverse(constant(zeros({1, 1}))).log_det.item() == 800);
  bias(1) = 800;
  CHECK(f.inverse(constant(full({1, 1}, 3))).value.item() == 3);
  bias(1) = -1401;
  CHECK(says(message_of<std::domain_error>([&] {
               f.inverse(constant(zeros({1, 1})));
             }),
             {"[autoregressive_flow.inverse]", "s is -1401", "±1400"}));
}
