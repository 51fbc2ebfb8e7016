// What all optimizers share: each parameter is given once.
#include "nn/optimizers/optimizer.h"

#include "nn/optimizers/adam.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("optimizer: a parameter that is given twice is refused with both names", "[optimizers]") {
  Parameter w(full({2}, 1));
  const auto message = message_of<std::invalid_argument>([&] { Adam({{"a", &w}, {"b", &w}}); });
  CHECK(says(message, {"[optimizer] a and b are one parameter"}));
}
