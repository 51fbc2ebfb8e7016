// RMSProp: the centred variant where its variance is rounding. Its steps are compared in
// all_optimizers_test.cpp.
#include "nn/optimizers/rmsprop.h"

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("rmsprop: a variance that is nothing but rounding does not stop the centred one", "[optimizers]") {
  Parameter w(full({100}, 2));
  for (std::size_t i = 0; i < 100; ++i) w.update()(i) = 1 / Real(i + 3);
  const Array slope = w.value();
  CentredRMSProp optimizer({{"w", &w}}, 1e-9);
  optimizer.beta = 0.1;  // soon v = m² up to the last bit
  for (int t = 0; t < 100; ++t) {
    Step step;
    optimizer.step(backward(sum(constant(slope) * Var(w))));
  }
  CHECK(all_finite(w.value()));
}
