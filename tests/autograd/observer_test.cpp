// Observers in general: they change nothing, and end in any order.
#include "autograd/observer.h"

#include <memory>

#include "autograd/inspect/profile.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace autograd;

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
