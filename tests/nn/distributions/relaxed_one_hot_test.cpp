// The relaxed one-hot distribution: its parameters, its limits in the temperature, and its logarithm.
#include "nn/distributions/relaxed_one_hot.h"

#include <algorithm>
#include <cmath>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE(
    "relaxed one-hot: a temperature that is not positive and finite is refused, and logits without classes") {
  Evaluation scope;
  for (const Real wrong : {0.0, -1.0, std::nan(""), infinity}) {
    INFO(wrong);
    CHECK(says(message_of<std::domain_error>([&] {
                 RelaxedOneHot(row({1, 2}), wrong);
               }),
               {"[relaxed_one_hot]", "temperature"}));
  }
  CHECK(says(message_of<std::invalid_argument>([] { RelaxedOneHot(constant(full({3}, 0.5)), 1); }),
             {"[relaxed_one_hot]", "[3]"}));
}

TEST_CASE("relaxed one-hot: logits and temperatures whose quotient may not be a number are refused") {
  Evaluation scope;
  CHECK(says(message_of<std::domain_error>([] {
               RelaxedOneHot(row({0, -infinity}), 1);
             }),
             {"[relaxed_one_hot]", "logits", "element 1"}));
  CHECK(says(message_of<std::domain_error>([] {
               RelaxedOneHot(row({0, 1}), 1e-151);
             }),
             {"[relaxed_one_hot]", "1 / temperature", "1e+150"}));
  const RelaxedOneHot coldest(row({0, 1e150}), 1e-150), hottest(row({0, 1e150}), 1e150);
  for (const RelaxedOneHot& p : {coldest, hottest})
    CHECK(std::isfinite(p.log_prob_log(p.rsample_log(Stream())).item()));
}

TEST_CASE(
    "relaxed one-hot: near a corner when cold, near the center when hot; its logarithm keeps the digits") {
  Evaluation scope;
  const Var logits = broadcast_to(row({0.5, -1, 2}), {1000, 3});
  const Array cold = RelaxedOneHot(logits, 1e-3).sample(Stream()),
              hot = RelaxedOneHot(logits, 1e3).sample(Stream());
  std::size_t corners = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    corners += std::max({cold(i, 0), cold(i, 1), cold(i, 2)}) > 0.999;
    for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(hot(i, k) - 1.0 / 3) < 0.02);
  }
  CHECK(corners > 980);
  // From the same noise, the largest coordinate is the class that the Categorical draws.
  CHECK(argmax(cold, 1) == argmax(Categorical(logits).sample(Stream()), 1));
  const RelaxedOneHot p(logits, 1e-3);
  CHECK(all_finite(p.log_prob_log(p.rsample_log(Stream())).value()));
  const RelaxedOneHot warm(logits, 0.5);
  const Array a = warm.log_prob(warm.rsample(Stream())).value(),
              b = warm.log_prob_log(warm.rsample_log(Stream())).value();
  for (std::size_t i = 0; i < 1000; ++i) CHECK(a(i) == Approx(b(i)).epsilon(1e-9));
}
