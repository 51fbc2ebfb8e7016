// Sums of bounds over batches of different sizes, and their means.
#include "tools/run/bound_totals.h"

#include "autograd/ops.h"
#include "tests/catch.h"

using namespace autograd;
using namespace tools;

TEST_CASE("bound totals: means are over images, not over batches", "[bound_totals]") {
  Evaluation scope;
  BoundTotals totals;
  for (const std::vector<Real>& kl : {std::vector<Real>{1, 2, 3}, std::vector<Real>{6}}) {
    vae::Bound bound;
    bound.kl = constant(array({kl.size()}, kl));
    bound.kl_per_level = {bound.kl * 0.25, bound.kl * 0.75};
    bound.reconstruction = bound.kl * -2;
    bound.elbo = bound.reconstruction - bound.kl;
    totals.add(bound);
  }
  const BoundTotals means = totals.means();
  CHECK(totals.images == 4);
  CHECK(totals.kl == 12);
  CHECK(means.images == 4);
  CHECK(means.kl == 3);
  CHECK(means.reconstruction == -6);
  CHECK(means.elbo == -9);
  CHECK(means.kl_per_level == std::vector<double>{0.75, 2.25});
}
