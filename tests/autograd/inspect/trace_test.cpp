// The trace of what is not finite.
#include "autograd/inspect/trace.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("trace: the first value that is not finite is named, with the element, and where it came from") {
  TraceNonFinite trace;
  Step step;
  const Var x = variable(array({2, 3}, {1, 2, 3, -4, 5, 6}));
  const std::string message = message_of<std::domain_error>([&] { log(relu(x - Real(1))); });
  CHECK(message ==
        "log [2,3] is -inf at element 0\n"
        "  of relu [2,3], 0 to 5\n"
        "    of sub [2,3], -5 to 5\n"
        "      of variable [2,3], -4 to 6\n"
        "      of 1");
}

TEST_CASE("trace: an adjoint that is not finite is named, though all values are finite") {
  TraceNonFinite trace;
  Step step;
  const Var x = variable(array({2}, {4, 0}));
  const std::string message = message_of<std::domain_error>([&] { backward(sum(sqrt(x))); });
  CHECK(says(message, {"in backward, the adjoint of input 0 of sqrt [2] is inf at element 1",
                       "of variable [2], 0 to 4"}));
}

TEST_CASE("trace: a parameter that is not finite is named itself") {
  TraceNonFinite trace;
  Step step;
  const Parameter w(array({2}, {1, std::nan("")}));
  CHECK(says(message_of<std::domain_error>([&] { square(w); }), {"parameter [2] is nan at element 1"}));
  Evaluation without_gradients;
  const Parameter v(array({2}, {1, std::nan("")}));
  CHECK(says(message_of<std::domain_error>([&] { square(v); }), {"parameter [2] is nan at element 1"}));
}

TEST_CASE("trace: a constant may hold NaN, where a number is missing, and what is computed of it may not") {
  TraceNonFinite trace;
  Step step;
  const Var x = constant(array({3}, {std::nan(""), 1, 2}));
  const Var seen = where(constant(array({3}, {0, 1, 1})), x * 2, 0);
  CHECK(seen.value()(0) == 0);
  CHECK(first_non_finite(Tape::current()).empty());
  const Var w = variable(full({3}, 1));
  CHECK(says(message_of<std::domain_error>([&] { w* x; }), {"mul [3] is nan at element 0", "1 not finite"}));
  Evaluation without_gradients;  // in which a density, say, may be of constants alone
  CHECK(says(message_of<std::domain_error>([&] { square(x); }), {"square [3] is nan at element 0"}));
}

TEST_CASE("trace: finite numbers pass, and nothing is watched after its end") {
  Step step;
  const Var x = variable(array({2}, {4, 1}));
  {
    TraceNonFinite trace;
    backward(sum(log(x)));
  }
  CHECK(std::isinf(log(x - Real(1)).value().data()[1]));
}
