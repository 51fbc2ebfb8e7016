// Parameters held constant: what is recorded meanwhile has no slope in them, what was recorded before keeps
// its own, and the parameter's gradient is asked for as ever.
#include "autograd/hold_constant.h"

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tests/catch.h"

using namespace autograd;

TEST_CASE("hold_constant: a gradient leads through what was recorded before, and not through what follows") {
  const Parameter w(full({1}, 3)), v(full({1}, 5));
  Step step;
  const Var z = 2 * Var(w);  // dz/dw = 2
  Var held;
  {
    HoldConstant hold({&w});
    held = z * w * v;
  }
  const Var after = z * w;
  const Gradients g = backward(sum(held));
  CHECK(held.item() == 90);
  CHECK(g[w](0) == 2 * 3 * 5);  // through z alone
  CHECK(g[v](0) == 18);
  CHECK(backward(sum(after))[w](0) == 2 * 2 * 3);
}

TEST_CASE("hold_constant: blocks within blocks, in an evaluation, and first use within the block") {
  const Parameter w(full({1}, 3)), v(full({1}, 5));
  Step step;
  HoldConstant hold({&w});
  Var both;
  {
    HoldConstant inner({&v});
    both = Var(w) * v;
  }
  const Gradients g = backward(sum(both * v + both * w));
  CHECK(g[v](0) == 15);
  CHECK(g[w](0) == 0);
  Evaluation values;
  CHECK((Var(w) * v).item() == 15);
}
