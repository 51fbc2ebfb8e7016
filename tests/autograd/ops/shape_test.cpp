// Other shapes, parts, and arrays made of parts.
#include <cstdint>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/at_a_point.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("shape: reshape, slice, embed and concat move elements without changing them") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(reshape(x, {3, 2}).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6});
  CHECK(values_of(slice(x, 1, 1, 3).value()) == std::vector<Real>{2, 3, 5, 6});
  CHECK(values_of(slice(x, 0, 1, 2).value()) == std::vector<Real>{4, 5, 6});
  CHECK(values_of(embed(x, {2, 5}, 1, 1).value()) == std::vector<Real>{0, 1, 2, 3, 0, 0, 4, 5, 6, 0});
  CHECK(values_of(embed(x, {3, 3}, 0, 1).value()) == std::vector<Real>{0, 0, 0, 1, 2, 3, 4, 5, 6});
  CHECK(values_of(concat({x, x}, 0).value()) == std::vector<Real>{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6});
  CHECK(values_of(concat({x, slice(x, 1, 0, 1)}, 1).value()) == std::vector<Real>{1, 2, 3, 1, 4, 5, 6, 4});
}

TEST_CASE("shape: steps and negative bounds of slices, padding, axes of length 1") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(slice(x, 1, 0, 3, 2).value()) == std::vector<Real>{1, 3, 4, 6});
  CHECK(values_of(slice(x, 1, -2, 3).value()) == std::vector<Real>{2, 3, 5, 6});
  CHECK(values_of(slice(x, 1, 0, -1).value()) == std::vector<Real>{1, 2, 4, 5});
  CHECK(values_of(pad(vector({1, 2}), 0, 1, 2).value()) == std::vector<Real>{0, 1, 2, 0, 0});
  CHECK(stack({x, x}, 1).shape() == Shape{2, 2, 3});
  CHECK(expand_dims(x, 2).shape() == Shape{2, 3, 1});
  CHECK(squeeze(expand_dims(x, 0), 0).shape() == Shape{2, 3});
}

TEST_CASE("shape: a step that is longer than the axis takes the first element") {
  Evaluation scope;
  CHECK(values_of(slice(vector({5, 6, 7}), 0, 1, 3, std::numeric_limits<std::ptrdiff_t>::max()).value()) ==
        std::vector<Real>{6});
}

TEST_CASE("shape: a negative axis counts from the end, a new one from behind it") {
  Evaluation scope;
  const Var x = constant(array({2, 1, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(same(slice(x, -1, 1, 3).value(), slice(x, 2, 1, 3).value()));
  CHECK(same(slice(x, -1, 0, 3, 2).value(), slice(x, 2, 0, 3, 2).value()));
  CHECK(same(embed(x, {2, 1, 5}, -1, 1).value(), embed(x, {2, 1, 5}, 2, 1).value()));
  CHECK(same(pad(x, -3, 1, 2).value(), pad(x, 0, 1, 2).value()));
  CHECK(same(concat({x, x}, -1).value(), concat({x, x}, 2).value()));
  CHECK(same(take(x, {2, 0}, -1).value(), take(x, {2, 0}, 2).value()));
  CHECK(same(scatter_add(x, {2, 1, 4}, {0, 3, 3}, -1).value(),
             scatter_add(x, {2, 1, 4}, {0, 3, 3}, 2).value()));
  CHECK(same(flip(x, -1).value(), flip(x, 2).value()));
  CHECK(same(cumsum(x, -1).value(), cumsum(x, 2).value()));
  CHECK(same(softmax(x, -1).value(), softmax(x, 2).value()));
  CHECK(same(log_softmax(x, -1).value(), log_softmax(x, 2).value()));
  CHECK(same(permute(x, {-1, 0, -2}).value(), permute(x, {2, 0, 1}).value()));
  CHECK(squeeze(x, -2).shape() == Shape{2, 3});
  CHECK(expand_dims(x, -1).shape() == Shape{2, 1, 3, 1});
  CHECK(stack({x, x}, -1).shape() == Shape{2, 1, 3, 2});
}

TEST_CASE("shape: what does not fit is named with its shapes") {
  CHECK(says(refusal([&] {
               full({std::size_t(1) << 33, std::size_t(1) << 33}, 1);
             }),
             {"[array]", "too many"}));
  CHECK(says(refusal([&] { reshape(operand({2, 3}), {4}); }), {"[reshape]", "[2,3]", "[4]"}));
  CHECK(says(refusal([&] {
               reshape(operand({0}), {std::size_t(1) << 32, std::size_t(1) << 32});
             }),
             {"[4294967296,4294967296]"}));  // wraps to 0
  CHECK(says(refusal([&] { slice(operand({2, 3}), 1, 2, 4); }), {"[slice]", "2:4", "axis 1", "[2,3]"}));
  CHECK(says(refusal([&] { slice(operand({2, 3}), 1, 2, 1); }), {"[slice]", "2:1"}));
  CHECK(says(refusal([&] { slice(operand({2, 3}), 2, 0, 1); }), {"[slice]", "axis 2"}));
  CHECK(says(refusal([&] { embed(operand({2, 3}), {2, 4}, 1, 2); }), {"[embed]", "[2,3]", "at 2", "[2,4]"}));
  CHECK(says(refusal([&] {
               embed(operand({2, 3}), {2, 4}, 1, SIZE_MAX);
             }),
             {"[embed]", "[2,3]", "[2,4]"}));  // wraps to 2
  CHECK(says(refusal([&] {
               concat({operand({2, 3}), operand({3, 3})}, 1);
             }),
             {"[concat]", "[2,3]", "[3,3]", "axis 1"}));
  CHECK(says(refusal([&] { concat({operand({2, 3}), operand({2})}, 0); }), {"[concat]", "[2,3]", "[2]"}));
  CHECK(says(refusal([&] { concat({}, 0); }), {"[concat]"}));
  CHECK(says(refusal([&] { slice(operand({2, 3}), 1, 0, 3, 0); }), {"[slice]", "0:3:0", "[2,3]"}));
  CHECK(says(refusal([&] { slice(operand({2, 3}), 1, -4, 3); }), {"[slice]", "-4:3", "[2,3]"}));
  CHECK(says(refusal([&] { squeeze(operand({2, 3}), 0); }), {"[squeeze]", "axis 0", "[2,3]"}));
  CHECK(says(refusal([&] { expand_dims(operand({2}), 2); }), {"[expand_dims]", "axis 2", "[2]"}));
  CHECK(says(refusal([&] { pad(operand({2}), 1, 1, 1); }), {"[pad]", "axis 1", "[2]"}));
  CHECK(says(refusal([&] { concat({operand({2})}, 7); }), {"[concat]", "axis 7", "[2]"}));
  CHECK(says(refusal([&] { stack({operand({2}), operand({3})}); }), {"[stack]", "[2]", "[3]"}));
  CHECK(says(refusal([&] { stack({operand({2})}, 2); }), {"[stack]", "axis 2", "[2]"}));
  CHECK(says(refusal([&] { stack({}); }), {"[stack]", "nothing"}));
  CHECK(says(refusal([&] { slice(operand({5}), 0, 4, 0, -1); }), {"[slice]", "4:0:-1", "[5]", "flip"}));
  CHECK(says(refusal([&] { pad(operand({2}), 0, std::size_t(-1), 1); }), {"[pad]", "[2]"}));
}
