// The coupling layer: how it begins, which units it moves and by which, and what it refuses.
#include "nn/flows/coupling.h"

#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/flows/flows.h"

using namespace nn;
using namespace flows;

TEST_CASE("coupling flow: it begins as the identity") {
  Evaluation scope;
  const Var z = constant(normal(Stream(), {5, 4}));
  CHECK(same(CouplingFlow(4, Half::first, {6}, smooth, Stream()).forward(z).value.value(), z.value()));
}

TEST_CASE("coupling flow: the units of one half depend on those of the other, and the others stay") {
  CHECK(same_zeros(jacobian_of_step(CouplingFlow(3, Half::first, {6}, smooth, Stream())),
                   {1, 1, 1, 0, 1, 0, 0, 0, 1}));
  CHECK(same_zeros(jacobian_of_step(CouplingFlow(3, Half::second, {6}, smooth, Stream())),
                   {1, 0, 0, 1, 1, 0, 1, 0, 1}));
}

TEST_CASE("coupling flow: rows of another length and fewer than two units are refused") {
  Evaluation scope;
  const Var z = constant(zeros({2, 3}));
  const auto refusal = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  CHECK(says(refusal([&] { CouplingFlow(4, Half::first, {}, smooth, Stream()).forward(z); }),
             {"[coupling_flow] z is [2,3]"}));
  CHECK(says(refusal([&] { CouplingFlow(1, Half::first, {}, smooth, Stream()); }),
             {"[coupling_flow] of 1 units"}));
}
