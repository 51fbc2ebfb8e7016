// The gated recurrent unit: its update gate at 0 and 1, and what it refuses.
#include "nn/layers/gru.h"

#include <cmath>

#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/nn/layers/refusal.h"

using namespace nn;

TEST_CASE("gru: an update gate at 1 keeps the state, at 0 it forgets it") {
  Evaluation scope;
  GRUCell gru(normal(Stream(), {6, 3}), normal(Stream().at_epoch(1), {6, 2}));
  const Var x = constant(normal(Stream().at_epoch(2), {4, 3})),
            h = constant(normal(Stream().at_epoch(3), {4, 2}));
  for (std::size_t i = 2; i < 4; ++i) gru.bias_ih.update()(i) = 1000;
  CHECK(same(gru(x, h).value(), h.value()));
  for (std::size_t i = 2; i < 4; ++i) gru.bias_ih.update()(i) = -1000;
  for (const Real y : values_of(gru(x, h).value())) CHECK(std::abs(y) < 1);  // the candidate, a tanh
}

// With weights of 0 the candidate is n = tanh b, and the state 0 becomes (1 − z) n.
TEST_CASE("gru: an update gate near 1 lets through what is left of the candidate") {
  Evaluation scope;
  GRUCell gru(zeros({3, 1}), zeros({3, 1}));
  gru.bias_ih.update() = array({3}, {0, 40, 1});
  const Var zero = constant(zeros({1, 1}));
  CHECK(gru(zero, zero).item() == Approx(4.2483542552915889e-18 * std::tanh(1.0)).epsilon(1e-14).margin(0));
}

TEST_CASE("gru: inputs that do not fit are refused with both shapes") {
  const GRUCell gru(zeros({6, 4}), zeros({6, 2}));
  CHECK(says(refusal([&] {
               return gru(of_zeros({3, 5}), of_zeros({3, 2}));
             }),
             {"[gru_cell] x is [3,5] but W is [6,4]"}));
  CHECK(says(refusal([&] {
               return gru(of_zeros({3, 4}), of_zeros({2, 2}));
             }),
             {"[gru_cell] h is [2,2]", "[3,4]", "[6,2]"}));
  CHECK(says(refusal([&] {
               return GRUCell(zeros({5, 4}), zeros({6, 2}))(Var(), Var());
             }),
             {"[gru_cell] weight_ih is [5,4]", "[6,2]"}));
}
