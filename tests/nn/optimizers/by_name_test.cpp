// The table of optimizers: its names, and which optimizer a momentum chooses. What all optimizers have in
// common is in all_optimizers_test.cpp.
#include "nn/optimizers/by_name.h"

#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("optimizers by name: an unknown name is refused, and the message lists the names", "[optimizers]") {
  CHECK(says(message_of<std::invalid_argument>([] { optimizer_named("lbfgs"); }),
             {"lbfgs", "sgd, nesterov, rmsprop, rmsprop-centred, adagrad, adam, adamw, adamax"}));
}

TEST_CASE("optimizers by name: without momentum SGD keeps nothing, and RMSProp the mean square only",
          "[optimizers]") {
  Parameter theta(array({3}, {1, -1, 4}));
  const auto kept = [&](const char* name) {
    std::vector<std::string> names;
    const OptimizerKind kind = optimizer_named(name);
    kind.make({{"theta", &theta}}, 0.05, kind.defaults)->visit_state([&](const std::string& name, Array&) {
      names.push_back(name);
    });
    return names;
  };
  CHECK(kept("sgd").empty());
  CHECK(kept("rmsprop") == std::vector<std::string>{"rmsprop.v.theta"});
}
