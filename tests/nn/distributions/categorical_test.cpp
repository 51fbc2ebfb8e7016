// The categorical distribution: its shape, soft labels, and the KL far out.
#include "nn/distributions/categorical.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("categorical: logits without a last axis of classes are refused") {
  Evaluation scope;
  const auto refusal = [](const Shape& shape) {
    return message_of<std::invalid_argument>([&] { Categorical(constant(zeros(shape))); });
  };
  CHECK(says(refusal({3}), {"[categorical]", "[3]"}));
  CHECK(says(refusal({3, 0}), {"[categorical]", "[3,0]"}));
}

TEST_CASE("categorical: soft labels get the cross-entropy, as grey pixels do under a Bernoulli") {
  Evaluation scope;
  const Categorical p(row({0, std::log(3.0)}));
  CHECK(p.log_prob(row({0.5, 0.5})).item() == Approx(0.5 * std::log(0.25) + 0.5 * std::log(0.75)));
  CHECK(p.log_prob(row({0, 1})).item() == Approx(std::log(0.75)));
  CHECK(p.mean().value()(0, 1) == Approx(0.75));
}

TEST_CASE("categorical: the KL of logits of 1000, where e to the logits overflows") {
  Evaluation scope;
  CHECK(kl(Categorical(row({1000, 0})), Categorical(row({0, 1000}))).item() == 1000);
  CHECK(kl(Categorical(row({1000, 0})), Categorical(row({0, 0}))).item() == Approx(std::log(2.0)));
}
