// What lets one look into a tape: the trace of what is not finite, the profile, and a description of a
// checkpoint's inputs.
#include "autograd/inspect/trace.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "autograd/custom.h"
#include "autograd/inspect/profile.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
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

TEST_CASE("profile: counts, memory and time by operation, forward and backward") {
  Profile profile;
  for (int i = 0; i < 3; ++i) {
    Step step;
    const Var x = variable(normal(Stream(), {50, 40}));
    backward(sum(tanh(tanh(x)) * x));
  }
  CHECK(profile.rows().size() == 5);  // variable, tanh, mul, sum_to, reshape
  for (const Profile::Row& row : profile.rows()) {
    INFO(row.op);
    CHECK(row.count == (row.op == "tanh" ? 6 : 3));
    if (row.op == "tanh") CHECK(row.bytes == 6 * 50 * 40 * sizeof(Real));
    CHECK(row.forward > 0);
    CHECK((row.backward > 0) == (row.op != "variable"));
  }
  CHECK(says(profile.table(3), {"op  ", "tanh                      2 ", "all "}));
}

TEST_CASE("observers change no gradient, also of inputs that no rule reaches") {
  Step step;
  const Var c = variable(array({2}, {1, -1})), a = variable(array({2}, {3, 5}));
  const Var y = sum(where(c, a, Real(0)) * c);
  const Gradients unwatched = backward(y);
  Profile profile;
  const Gradients watched = backward(y);
  for (const Var& x : {a, c}) CHECK(same(watched[x], unwatched[x]));
  CHECK(values_of(backward(sum(where(c, a, Real(0))))[c]) == std::vector<Real>{0, 0});
}

TEST_CASE("observers may end in any order") {
  Step step;
  const Var x = variable(full({2}, 1));
  auto first = std::make_unique<Profile>(), second = std::make_unique<Profile>();
  first.reset();
  square(x);
  CHECK(second->rows().size() == 1);
  second.reset();
  square(x);
}

TEST_CASE("profile: an exception from a rule leaves it watching") {
  Profile profile;
  Step step;
  const Var x = variable(full({2}, 1));
  const auto refuse = [](Var g) -> Var {
    throw std::domain_error("no");
    return g;
  };
  const Var y = custom(
      "refusing", {x}, [](const Array& x) { return x; }, refuse);
  CHECK_THROWS_AS(backward(sum(y)), std::domain_error);
  tanh(x);
  const std::vector<Profile::Row> rows = profile.rows();
  CHECK(std::count_if(rows.begin(), rows.end(), [](const Profile::Row& row) { return row.op == "tanh"; }) ==
        1);
}

TEST_CASE("profile: what a rule computes on its way is counted as the rule's, not as operations") {
  Profile profile;
  Step step;
  const Var A = variable(array({2, 2}, {2, 1, 1, 2}));
  backward(sum(cholesky(A)));
  for (const Profile::Row& row : profile.rows()) CHECK(row.op != "solve_triangular");
}
