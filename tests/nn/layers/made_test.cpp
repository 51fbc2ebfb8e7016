// Autoregressive networks: the Jacobian is 0 where an output must not depend on an input, and not 0 where it
// may.
#include "nn/layers/made.h"

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

// ∂y/∂x of one row.  [P·D,D]
Array jacobian_of(const MADE& made, std::size_t D) {
  return jacobian([&](const std::vector<Var>& x) { return made(x[0]); },
                  {normal(Stream().at_epoch(1), {1, D})})[0];
}

using Places = std::vector<std::size_t>;

}  // namespace

TEST_CASE("made: outputs for an input depend on those that precede it, on all of them, and on no other") {
  const std::vector<Places> orders = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
  for (const Places& place : orders)
    for (const std::vector<std::size_t>& hidden : {std::vector<std::size_t>{}, {16}, {16, 12}})
      for (const std::size_t P : {1u, 2u, 3u}) {
        const MADE made(5, hidden, P, activation_named("tanh"), Stream(), place);
        const Array J = jacobian_of(made, 5);
        REQUIRE(J.shape() == Shape{5 * P, 5});
        for (std::size_t row = 0; row < 5 * P; ++row)
          for (std::size_t j = 0; j < 5; ++j) {
            INFO(hidden.size() << " hidden layers, output " << row / 5 << " for input " << row % 5
                               << " by input " << j);
            CHECK((J(row, j) != 0) == (place[j] < place[row % 5]));
          }
      }
}

TEST_CASE("made: without a given order it is the inputs' own") {
  const MADE made(4, {9}, 2, activation_named("tanh"), Stream()),
      ordered(4, {9}, 2, activation_named("tanh"), Stream(), {0, 1, 2, 3});
  CHECK(same(jacobian_of(made, 4), jacobian_of(ordered, 4)));
}

TEST_CASE("made: narrow layers lose dependences and gain none; with one input, outputs depend on nothing") {
  const Array narrow = jacobian_of(MADE(5, {2}, 1, activation_named("tanh"), Stream()), 5);
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 5; ++j) CHECK((narrow(i, j) != 0) == (j < i && j < 2));
  CHECK(same(jacobian_of(MADE(1, {3}, 2, activation_named("tanh"), Stream()), 1), zeros({2, 1})));
}

TEST_CASE("made: rows do not mix, and biases reach every output") {
  Evaluation scope;
  MADE made(3, {8}, 2, activation_named("tanh"), Stream());
  Array x = normal(Stream(), {2, 3});
  const Array before = made(constant(x)).value();
  x(1, 0) += 1;
  const Array after = made(constant(x)).value();
  for (std::size_t j = 0; j < 6; ++j) CHECK(before(0, j) == after(0, j));
  CHECK(before(1, 2) != after(1, 2));
  made.layers.back().bias.update() += 1;
  const Array shifted = made(constant(x)).value();
  for (std::size_t j = 0; j < 6; ++j) CHECK(shifted(0, j) == Approx(after(0, j) + 1).epsilon(1e-12));
}

TEST_CASE("made: places that are no permutation, and inputs that do not fit, are refused") {
  const auto order = [](std::size_t inputs, const Places& place) {
    return message_of<std::invalid_argument>(
        [&] { MADE(inputs, {4}, 1, activation_named("tanh"), Stream(), place); });
  };
  CHECK(says(order(3, {0, 1}), {"[made]", "2 places", "3 inputs"}));
  CHECK(says(order(3, {0, 1, 1}), {"[made]"}));
  CHECK(says(order(3, {1, 2, 3}), {"[made]"}));
  CHECK(says(order(0, {}), {"[made]"}));
  Evaluation scope;
  const MADE made(3, {4}, 1, activation_named("tanh"), Stream());
  CHECK(says(message_of<std::invalid_argument>([&] {
               made(constant(zeros({2, 4})));
             }),
             {"[made] x is [2,4] but W is [4,3]"}));
  CHECK(says(message_of<std::invalid_argument>([] {
               MaskedLinear(zeros({2, 3}), zeros({3, 2}));
             }),
             {"[masked_linear] the mask is [3,2] but W is [2,3]"}));
  CHECK(says(message_of<std::invalid_argument>([] {
               MaskedLinear(zeros({2, 4}), zeros({2, 4}))(constant(zeros({2, 3})));
             }),
             {"[masked_linear] x is [2,3] but W is [2,4]"}));
}
