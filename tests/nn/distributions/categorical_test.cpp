// The categorical distribution: its shape, soft labels, and the KL far out.
#include "nn/distributions/categorical.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
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

TEST_CASE("categorical: a logit of -inf is a probability of 0, and has no slope") {
  Step step;
  const Var l = variable(array({1, 3}, {0, 0, -infinity}));
  const Categorical p(l);
  const double log2 = std::log(2.0);
  CHECK(p.entropy().item() == Approx(log2).epsilon(1e-15));
  CHECK(p.log_prob(row({1, 0, 0})).item() == Approx(-log2).epsilon(1e-15));
  CHECK(p.log_prob(row({0, 0, 1})).item() == -infinity);
  CHECK(p.log_prob(row({0.5, 0.5, 0})).item() == Approx(-log2).epsilon(1e-15));
  CHECK(kl(p, p).item() == 0);
  CHECK(kl(p, Categorical(row({0, 0, 0}))).item() == Approx(std::log(1.5)).epsilon(1e-15));
  CHECK(kl(Categorical(row({0, 0, 0})), p).item() == infinity);
  CHECK(values_of(p.variance().value()) == std::vector<Real>{0.25, 0.25, 0});
  CHECK(backward(p.entropy())[l](0, 2) == 0);
  CHECK(backward(kl(p, p))[l](0, 2) == 0);
  CHECK(values_of(backward(p.log_prob(row({1, 0, 0})))[l]) == std::vector<Real>{0.5, -0.5, 0});
}

TEST_CASE("categorical: logits that stand for no probabilities are refused") {
  Evaluation scope;
  const auto refusal = [](const std::vector<Real>& logits) {
    return message_of<std::domain_error>([&] { Categorical(constant(array({2, 2}, logits))); });
  };
  CHECK(says(refusal({0, 0, -infinity, -infinity}), {"[categorical]", "row 1", "all -inf"}));
  CHECK(says(refusal({0, infinity, 0, 0}), {"[categorical]", "row 0", "inf"}));
}

TEST_CASE(
    "categorical: entropy and variance of a class that is nearly certain, KL of nearly equal ones (mpmath)") {
  Evaluation scope;
  const Categorical p(row({-300, -301, -299, -280}));
  CHECK(Categorical(row({20, 0})).entropy().item() == Approx(4.32842259841e-8).epsilon(1e-10).margin(0));
  CHECK(p.variance().value()(0, 3) == Approx(8.422205961e-9).epsilon(1e-9).margin(0));
  CHECK(p.variance().value()(0, 0) == Approx(2.061153601e-9).epsilon(1e-9).margin(0));
  CHECK(kl(Categorical(row({0, 1, 2})), Categorical(row({0.0009765625, 1, 2}))).item() ==
        Approx(3.90753454039e-8).epsilon(1e-9).margin(0));
}
