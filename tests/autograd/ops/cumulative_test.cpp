// Cumulative sums. Long ones are tested in ../kernels/block_loops_test.cpp.
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("cumulative: sums along either axis") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {3, 1, 2, 4, 6, 5}));
  CHECK(values_of(cumsum(x, 1).value()) == std::vector<Real>{3, 4, 6, 4, 10, 15});
  CHECK(values_of(cumsum(x, 0).value()) == std::vector<Real>{3, 1, 2, 7, 7, 7});
}

TEST_CASE("cumulative: an axis that does not exist is named") {
  CHECK(says(refusal([&] { cumsum(operand({2}), 1); }), {"[cumsum]", "axis 1", "[2]"}));
}
