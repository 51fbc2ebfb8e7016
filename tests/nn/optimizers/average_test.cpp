// The average of the weights against its definition, and its exchange with the weights.
#include "nn/optimizers/average.h"

#include <cmath>
#include <functional>
#include <memory>

#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

Real average_of(WeightAverage& average) {
  Real value = 0;
  average.visit_state([&](const std::string&, Array& a) { value = a.data()[0]; });
  return value;
}

}  // namespace

// Σᵢ dᵗ⁻ⁱ wᵢ / Σᵢ dᵗ⁻ⁱ
TEST_CASE("average: a weighted mean over all steps, whose weights fall by the factor d a step into the past",
          "[average]") {
  for (const double d : {0.5, 0.9, 0.9999}) {
    Parameter w(full({1}, 100));  // before the first step: without a share
    WeightAverage average({{"w", &w}}, d);
    double sum = 0, shares = 0;
    for (std::uint64_t t = 1; t <= 300; ++t) {
      w.update()(0) = std::sin(double(t)) + 0.01 * double(t);
      average.add(t);
      sum = d * sum + w.value()(0), shares = d * shares + 1;
      INFO("d " << d << ", step " << t);
      REQUIRE(average_of(average) == Approx(sum / shares).epsilon(1e-11));
    }
  }
}

TEST_CASE("average: before the first step it is the weights, after it the weights after it", "[average]") {
  Parameter w(full({1}, 3));
  WeightAverage average({{"w", &w}}, 0.999);
  CHECK(average_of(average) == 3);
  w.update()(0) = 7;
  average.add(1);
  CHECK(average_of(average) == 7);
}

TEST_CASE("average: within a scope it replaces the weights, and afterwards both are as before", "[average]") {
  Parameter a(array({2}, {1, 2})), b(full({}, 5));
  WeightAverage average({{"a", &a}, {"b", &b}}, 0.5);
  a.update() = array({2}, {3, 6});
  b.update() = full({}, 8);
  {
    const Averaged scope(&average);
    CHECK(same(a.value(), array({2}, {1, 2})));
    CHECK(same(b.value(), full({}, 5)));
  }
  CHECK(same(a.value(), array({2}, {3, 6})));
  CHECK(same(b.value(), full({}, 8)));
  { const Averaged scope(nullptr); }
  std::vector<std::string> names;
  average.visit_state([&](const std::string& name, Array&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"ema.a", "ema.b"});
}

TEST_CASE("average: a parameter that died before the average is named", "[average]") {
  auto w = std::make_unique<Parameter>(full({1}, 1));
  WeightAverage average({{"decoder.0.bias", w.get()}}, 0.9);
  w.reset();
  for (const auto& use :
       {std::function<void()>([&] { average.add(1); }), std::function<void()>([&] { average.exchange(); })})
    CHECK(says(message_of<std::logic_error>(use), {"[average] decoder.0.bias no longer exists"}));
}
