// Axes in another order, against index arithmetic.
#include <algorithm>
#include <array>
#include <cstddef>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/ops/refusal.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("permute: two axes exchanged") {
  Evaluation scope;
  const Var x = constant(array({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK(values_of(permute(x, {1, 0}).value()) == std::vector<Real>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("permute: every permutation of four axes, and its slope") {
  for (const Shape& shape : {Shape{3, 17, 1, 20}, Shape{16, 2, 33, 5}}) {
    const Array x0 = uniform(Stream(), shape);
    std::vector<std::size_t> order = {0, 1, 2, 3};
    do {
      Step step;
      const Axes axes(order.begin(), order.end());
      const Var x = variable(x0), y = permute(x, axes);
      const Array w = uniform(Stream().at_epoch(1), y.shape());
      const Array g = backward(sum(y * constant(w)) + sum(permute(x, axes) * constant(w)))[x];
      std::size_t wrong = 0;
      std::vector<std::size_t> at(4);
      for (at[0] = 0; at[0] < shape[0]; ++at[0])
        for (at[1] = 0; at[1] < shape[1]; ++at[1])
          for (at[2] = 0; at[2] < shape[2]; ++at[2])
            for (at[3] = 0; at[3] < shape[3]; ++at[3]) {
              const auto [i, j, k, l] =
                  std::array<std::size_t, 4>{at[order[0]], at[order[1]], at[order[2]], at[order[3]]};
              wrong += y.value()(i, j, k, l) != x0(at[0], at[1], at[2], at[3]);
              wrong += g(at[0], at[1], at[2], at[3]) != 2 * w(i, j, k, l);
            }
      INFO(to_string(shape) << " to " << to_string(y.shape()));
      CHECK(wrong == 0);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("permute: what does not fit is named with its shapes") {
  CHECK(says(refusal([&] { permute(operand({2, 3}), {0, 0}); }), {"[permute]", "[0,0]", "[2,3]"}));
  CHECK(says(refusal([&] { transpose(operand({2})); }), {"[transpose]", "[2]"}));
}
