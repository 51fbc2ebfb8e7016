// Dropout: shares, slopes, and noise from the stream. Statistical checks fail true samples with probability
// 1e-6 each; seeds are fixed.
#include "nn/layers/dropout.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("dropout: a share p of the units is set to zero, and the expectation stays") {
  Evaluation scope;
  const Var ones = constant(full({100, 200}, 1));
  for (const Real p : {0.2, 0.7}) {
    const std::vector<Real> y = values_of(Dropout(p)(ones, Mode::training, Stream()).value());
    std::vector<double> left_out;
    for (const Real v : y) {
      left_out.push_back(v == 0 ? 1 : 0);
      if (v != 0 && v != 1 / (1 - p)) FAIL("a unit is " << v);
    }
    CHECK(average(left_out).agrees_with(p));
    CHECK(average(y).agrees_with(1));
  }
}

TEST_CASE("dropout: units and their slopes are multiplied by the same m / (1 - p)") {
  Step step;
  const Dropout layer(0.4);
  const Var x = variable(normal(Stream(), {8, 8})), y = layer(x, Mode::training, Stream());
  const Array kept = layer(constant(full({8, 8}, 1)), Mode::training, Stream()).value(),
              slopes = backward(sum(y))[x];
  for (std::size_t i = 0; i < kept.size(); ++i) {
    CHECK(y.value().data()[i] == x.value().data()[i] * kept.data()[i]);
    CHECK(slopes.data()[i] == kept.data()[i]);
  }
}

TEST_CASE("dropout: the units depend on the stream, not on its purpose; in evaluation all stay") {
  Evaluation scope;
  const Dropout half(0.5);
  const Var x = constant(normal(Stream(), {8, 8}));
  const auto drop = [&](const Stream& stream) { return half(x, Mode::training, stream).value(); };
  CHECK(same(drop(Stream()), drop(Stream().at(Purpose::posterior))));
  CHECK_FALSE(same(drop(Stream()), drop(Stream().at_epoch(1))));
  CHECK_FALSE(same(drop(Stream()), drop(Stream().at_level(1))));
  CHECK(same(half(x, Mode::evaluation, Stream()).value(), x.value()));
  CHECK(same(Dropout(0)(x, Mode::training, Stream()).value(), x.value()));
  for (const Real p : {-0.1, 1.0, double(NAN)}) CHECK_THROWS_AS(Dropout(p), std::domain_error);
}
