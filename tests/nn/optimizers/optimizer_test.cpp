// What all optimizers share: each parameter is given once, and outlives the optimizer; the learning rate is
// one.
#include "nn/optimizers/optimizer.h"

#include <cmath>
#include <memory>

#include "autograd/ops.h"
#include "nn/layers/linear.h"
#include "nn/optimizers/adam.h"
#include "nn/optimizers/sgd.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/debug_mode.h"

using namespace nn;

TEST_CASE("optimizer: a parameter that is given twice is refused with both names", "[optimizers]") {
  Parameter w(full({2}, 1));
  const auto message = message_of<std::invalid_argument>([&] { Adam({{"a", &w}, {"b", &w}}); });
  CHECK(says(message, {"[optimizer] a and b are one parameter"}));
}

TEST_CASE("optimizer: a learning rate below 0, NaN or infinite is refused before anything moves",
          "[optimizers]") {
  Parameter w(full({2}, 1));
  for (const double alpha : {-1.0, -1e-300, std::nan(""), HUGE_VAL}) {
    CHECK(says(message_of<std::invalid_argument>([&] {
                 Adam({{"w", &w}}, alpha);
               }),
               {"[optimizer]", "learning rate"}));
    Adam adam({{"w", &w}});
    adam.alpha = alpha;
    Step step;
    const Gradients g = backward(sum(square(w)));
    CHECK(says(message_of<std::invalid_argument>([&] { adam.step(g); }), {"[optimizer]", "learning rate"}));
    CHECK(w.value()(0) == 1);
    CHECK(adam.steps == 0);
  }
}

TEST_CASE("optimizer: a parameter that died, or moved, before the optimizer is named", "[optimizers]") {
  auto w = std::make_unique<Parameter>(full({2}, 1));
  Parameter v(full({2}, 1));
  SGD sgd({{"v", &v}, {"encoder.0.weight", w.get()}}, 0.1);
  Step step;
  const Gradients g = backward(sum(square(v)));
  w.reset();
  CHECK(says(message_of<std::logic_error>([&] { sgd.step(g); }),
             {"[optimizer] encoder.0.weight no longer exists"}));
  CHECK(v.value()(0) == 1);
}

TEST_CASE("optimizer: debug mode names the shape of a parameter that no optimizer was given",
          "[optimizers]") {
  Parameter w(full({2}, 1)), v(full({3}, 1)), forgotten(full({4, 1}, 1));
  SGD first({{"w", &w}}, 0.1), second({{"v", &v}}, 0.1);
  const auto message = [&](Parameter& other) {
    return message_of<std::logic_error>([&] {
      Step step;
      first.step(backward(sum(square(w)) + sum(square(other))));
    });
  };
  CHECK(message(forgotten).empty());
  const DebugMode mode;
  CHECK(says(message(forgotten), {"[optimizer] a parameter [4,1] has a gradient, but no optimizer"}));
  CHECK(message(v).empty());  // the second has it
}

TEST_CASE("optimizer: debug mode names two weights that were drawn from one stream", "[optimizers]") {
  Linear a(3, 2, Stream()), b(3, 2, Stream()), c(3, 2, Stream().at_epoch(1));
  const auto message = [](Linear& first, Linear& second) {
    NamedParameters all;
    const Visitor add = [&](const std::string& name, Parameter& p) { all.emplace_back(name, &p); };
    first.visit("first", add), second.visit("second", add);
    return message_of<std::logic_error>([&] { Adam adam(all); });
  };
  CHECK(message(a, b).empty());
  const DebugMode mode;
  CHECK(says(message(a, b), {"[optimizer] first.weight and second.weight begin with the same numbers"}));
  CHECK(message(a, c).empty());
}

TEST_CASE("optimizer: a loop without a Step is refused when the tape has grown a thousand times") {
  Tape tape;
  Parameter w(full({}, 1));
  SGD sgd({{"w", &w}}, 0);
  const auto train = [&](std::size_t steps) {
    return message_of<std::logic_error>([&] {
      for (std::size_t i = 0; i < steps; ++i) sgd.step(backward(square(w)));
    });
  };
  CHECK(train(1000).empty());
  CHECK(says(train(1), {"[optimizer]", "Step step;", "2002 nodes"}));
  SGD other({{"w", &w}}, 0);
  for (std::size_t i = 0; i < 2000; ++i) {
    Step step;
    other.step(backward(square(w)));
  }
}
