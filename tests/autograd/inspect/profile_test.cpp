// The profile: what it counts and times, and for whom.
#include "autograd/inspect/profile.h"

#include <algorithm>
#include <stdexcept>

#include "autograd/custom.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace autograd;

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
