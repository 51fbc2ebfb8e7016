// Densities in single precision: the stable forms hold there, and samples stay where the density is finite.
#include <cmath>

#include "autograd/ops.h"
#include "nn/kl.h"
#include "nn/mixture.h"
#include "nn/relaxed_one_hot.h"
#include "tests/catch.h"

using namespace nn;

namespace {

Var one(float value) { return constant(full({1, 1}, value)); }

}  // namespace

TEST_CASE("float: the continuous Bernoulli keeps its digits around logits of 0") {
  Evaluation scope;
  for (const float l : {-1e-3f, -1e-6f, 0.0f, 1e-6f, 1e-3f}) {
    const ContinuousBernoulli p(one(l));
    CHECK(p.log_prob(one(0.25f)).item() == Approx(-0.25 * l - l * l / 24).epsilon(1e-5).margin(1e-9));
    CHECK(p.mean().item() == Approx(0.5 + l / 12).epsilon(1e-6));
  }
}

TEST_CASE("float: a discretized logistic is finite for means and scales far off") {
  Evaluation scope;
  for (const float mu : {-5.0f, 0.0f, 5.0f})
    for (const float log_scale : {-20.0f, -7.0f, 0.0f, 7.0f}) {
      const DiscretizedLogistic p(one(mu), one(log_scale));
      CHECK(std::isfinite(p.log_prob(one(pixel_values()(77))).item()));
      CHECK(logsumexp(p.log_table(), {2}).item() == Approx(0).margin(3e-5));
    }
}

TEST_CASE("float: samples of gamma, beta and relaxed one-hot stay inside their supports") {
  Evaluation scope;
  const Shape shape = {2000, 2};
  const auto c = [&](float v) { return constant(full(shape, v)); };
  const Gamma g(c(0.01f), c(1));
  const Beta b(c(0.02f), c(0.02f));
  const RelaxedOneHot r(c(0), 0.1f);
  const Var z = constant(g.sample(Stream())), x = constant(b.sample(Stream())), y = r.rsample_log(Stream());
  CHECK(all_finite(g.log_prob(z).value()));
  CHECK(all_finite(b.log_prob(x).value()));
  CHECK(all_finite(r.log_prob_log(y).value()));
}

TEST_CASE("float: the KL of nearly equal Laplaces keeps its digits") {
  Evaluation scope;
  CHECK(kl(Laplace(one(1e-3f), one(0)), Laplace(one(0), one(0))).item() ==
        Approx(0.5e-6 * (1 - 1e-3 / 3)).epsilon(1e-3).margin(0));
  CHECK(kl(Uniform(one(0), one(1)), Beta(one(1), one(1))).item() == 0);
}

TEST_CASE("float: the KL of a narrow q keeps its digits") {
  Evaluation scope;
  for (const float log_scale : {-16.0f, -40.0f, -80.0f})
    CHECK(kl(Laplace(one(0.3f), one(log_scale)), Laplace(one(0), one(0))).item() == Approx(0.3 - log_scale - 1).epsilon(1e-6));
  const float width = 1.0f / (1 << 20), low = 0.75f, m = low + width / 2;
  const Uniform q(one(low), one(low + width));
  CHECK(kl(q, Laplace(one(-2), one(0))).item() == Approx(std::log(2.0) + 2 + m - std::log(width)).epsilon(1e-6));
  CHECK(kl(q, Gamma(one(3), one(1))).item() == Approx(std::log(2.0) - 2 * std::log(m) + m - std::log(width)).epsilon(1e-6));
}
