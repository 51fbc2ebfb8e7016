// The mistakes of a first hour: what debug mode notices, and what is noticed always.
#include "autograd/debug.h"

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/debug_mode.h"

using namespace autograd;

namespace {

[[maybe_unused]] const bool off = (set_debug(false), true);  // before the first test

}  // namespace

TEST_CASE("debug: a value that is read after its step is NaN") {
  const DebugMode mode;
  const Parameter w(full({2}, 3));
  const Array* kept;
  {
    Step step;
    kept = &square(w).value();
    CHECK((*kept)(0) == 9);
  }
  CHECK(std::isnan((*kept)(0)));
  CHECK(w.value()(0) == 3);
  Evaluation scope;
  CHECK(sum(square(w)).item() == 18);
}

TEST_CASE("debug: backward refuses a loss that is not finite") {
  const Parameter w(full({}, 0));
  const auto message = [&] {
    return message_of<std::domain_error>([&] {
      Step step;
      backward(log(w));
    });
  };
  CHECK(message().empty());
  const DebugMode mode;
  CHECK(says(message(), {"[backward]", "-inf"}));
}
