// Densities in single precision: the stable forms hold there, and samples stay where the density is finite.
#include <cmath>
#include <initializer_list>
#include <limits>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "nn/distributions/kl.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/relaxed_one_hot.h"
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

// Up to the last scales for which its header promises it. Level 77 is at −101/255; in the wide limit both σ
// are ½.
TEST_CASE("float: a discretized logistic keeps its digits from log_scale -86 to 83") {
  Step step;
  const float x = pixel_values()(77), edge = -100.0f / 255;
  const Var narrow = variable(full({1, 1}, -86)), wide = variable(full({1, 1}, 83)),
            five = variable(full({1, 1}, 5));
  const Var far = DiscretizedLogistic(five, narrow).log_prob(one(x)),
            flat = DiscretizedLogistic(five, wide).log_prob(one(x));
  CHECK(far.item() == Approx((edge - 5) * std::exp(86.0)).epsilon(4e-7));
  CHECK(flat.item() == Approx(std::log(2.0 / 255) - 83 - std::log(4.0)).epsilon(4e-7));
  const Gradients g = backward(far), h = backward(flat);
  CHECK(g[narrow](0, 0) == Approx((5 - edge) * std::exp(86.0)).epsilon(4e-7));
  CHECK(g[five](0, 0) == Approx(-std::exp(86.0)).epsilon(4e-7));
  CHECK(h[wide](0, 0) == Approx(-1).epsilon(4e-7));
  CHECK(std::abs(h[five](0, 0)) < 1e-7);
  // every pixel of an image file is a level
  for (std::size_t k = 0; k < pixel_levels; ++k)
    for (const float read : {float(k) / 255 * 2 - 1, float(k) / 127.5f - 1, (float(k) - 127.5f) / 127.5f})
      CHECK(std::isfinite(DiscretizedLogistic(one(0), one(0)).log_prob(one(read)).item()));
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
    CHECK(kl(Laplace(one(0.3f), one(log_scale)), Laplace(one(0), one(0))).item() ==
          Approx(0.3 - log_scale - 1).epsilon(1e-6));
  const float width = 1.0f / (1 << 20), low = 0.75f, m = low + width / 2;
  const Uniform q(one(low), one(low + width));
  CHECK(kl(q, Laplace(one(-2), one(0))).item() ==
        Approx(std::log(2.0) + 2 + m - std::log(width)).epsilon(1e-6));
  CHECK(kl(q, Gamma(one(3), one(1))).item() ==
        Approx(std::log(2.0) - 2 * std::log(m) + m - std::log(width)).epsilon(1e-6));
}

TEST_CASE("float: the KL of a narrow q around the same point, as far as floats reach") {
  Step step;
  const Var mu = variable(full({1, 1}, 0)), log_b = variable(full({1, 1}, -89));
  const Var k = kl(Laplace(mu, log_b), Laplace(one(0), one(0)));
  CHECK(k.item() == 88);
  CHECK(backward(k)[log_b](0, 0) == -1);
  CHECK(backward(k)[mu](0, 0) == 0);
  // of widths whose squares underflow, at its low end and around it
  const float w = 1e-30f;
  for (const float m : {0.0f, w / 4, 2.0f}) {
    const Var low = variable(full({1, 1}, 0)), high = variable(full({1, 1}, w)),
              place = variable(full({1, 1}, m));
    const Var of_uniform = kl(Uniform(low, high), Laplace(place, one(std::log(w))));
    if (m < 1) CHECK(of_uniform.item() == Approx(std::log(2.0) + (m > 0 ? 5.0 / 16 : 0.5)).margin(1e-5));
    const Gradients g = backward(of_uniform);
    CHECK(g[place](0, 0) * w == Approx(m > 1 ? 1 : m > 0 ? -0.5 : -1).epsilon(1e-6));
    CHECK(g[high](0, 0) * w == Approx((m > 1 ? -0.5 : m > 0 ? 0.75 - 5.0 / 16 : 0.5) - 1).epsilon(1e-6));
  }
}

// Against the diagonal normal: E |x − m| is the same.
TEST_CASE("float: the KL of a narrow multivariate normal to a Laplace keeps its slopes") {
  for (const float m : {0.0f, 0.3f}) {
    Step step;
    INFO(m);
    const Var L = variable(full({1, 1, 1}, 1e-23f)), mu = variable(full({1, 1}, m));
    const Var k = kl(MultivariateNormal(mu, L), Laplace(one(0), one(0)));
    CHECK(k.item() ==
          Approx(std::log(2.0) + m - 0.5 * std::log(2 * 3.141592653589793) - 0.5 + 23 * std::log(10.0))
              .epsilon(1e-6));
    const Gradients g = backward(k);
    CHECK(g[mu](0, 0) == (m > 0 ? 1 : 0));
    CHECK(g[L](0, 0, 0) == Approx(-1e23).epsilon(1e-6));
  }
}

TEST_CASE("float: a multivariate normal is -inf, not NaN, where what is far off overflows") {
  Evaluation scope;
  const auto at = [](const std::vector<Real>& x, const std::vector<Real>& L) {
    const MultivariateNormal p(constant(zeros({1, 2})), constant(array({1, 2, 2}, L)));
    return p.log_prob(constant(array({1, 2}, x))).item();
  };
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(at({1e38f, 0}, {0.1f, 0, 0, 1}) == -infinity);
  CHECK(at({-3e38f, 3e38f}, {0.1f, 0, 2, 0.01f}) == -infinity);
  CHECK(at({1e10f, 0}, {1e-30f, 0, 0, 1}) == -infinity);
  CHECK(at({1e20f, 0}, {1e20f, 0, 0, 1}) ==
        Approx(-0.5 - std::log(2 * 3.141592653589793) - 20 * std::log(10.0)));
}

TEST_CASE("float: a discretized logistic has a slope of 0 where it is -inf") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float x : {-infinity, -1e30f, 0.5f * float(1) / 255 + 0.001f, 1e30f, infinity}) {
    Step step;
    INFO(x);
    const Var mu = variable(full({1, 1}, 0)), log_scale = variable(full({1, 1}, -70));
    const Var log_p = DiscretizedLogistic(mu, log_scale).log_prob(one(x));
    CHECK(log_p.item() == -infinity);
    const Gradients g = backward(log_p);
    CHECK(g[mu](0, 0) == 0);
    CHECK(g[log_scale](0, 0) == 0);
  }
}

// By mpmath; the concentration large, where x^α e⁻ˣ / Γ(α) is the exponential of what cancels. Of the value,
// H(q) cancels itself.
TEST_CASE("float: the KL of a narrow gamma to a Laplace keeps its slopes") {
  const double cases[][4] = {{1e3, -0.231599734711, 220.000494477, 0.243126388501},
                             {1e5, -0.235350926173, 23414.9458166, 0.236551635707}};
  for (const auto& [alpha, by_alpha, by_rate, by_mu] : cases) {
    Step step;
    INFO(alpha);
    const Var a = variable(full({1, 1}, float(alpha))), b = variable(full({1, 1}, 1)),
              mu = variable(full({1, 1}, float(alpha + 0.3 * std::sqrt(alpha))));
    const Gradients g = backward(kl(Gamma(a, b), Laplace(mu, one(0))));
    CHECK(g[a](0, 0) == Approx(by_alpha).epsilon(1e-4));
    CHECK(g[b](0, 0) == Approx(by_rate).epsilon(1e-4));
    CHECK(g[mu](0, 0) == Approx(by_mu).epsilon(1e-4));
  }
}

// By mpmath.
TEST_CASE("float: the slopes of the cdfs are the densities of large concentrations, too") {
  Step step;
  const Var x = variable(full({1, 1}, 5031)), y = variable(full({1, 1}, 0.503f));
  CHECK(backward(Gamma(one(5000), one(1)).cdf(x))[x](0, 0) * 5031 == Approx(25.6344402917).epsilon(1e-5));
  CHECK(backward(Beta(one(10000), one(10000)).cdf(y))[y](0, 0) == Approx(78.7252867196).epsilon(1e-5));
}

// By mpmath. What is compared with α_p or β_p is itself rounded to a float, and that leaves a digit or two
// where they differ in their last.
TEST_CASE(
    "float: the KL of nearly equal gammas and betas keeps its digits; below 0 is only what α + β rounds") {
  Evaluation scope;
  const auto gamma = [](float a, float b) { return Gamma(one(a), one(b)); };
  const auto beta = [](float a, float b) { return Beta(one(a), one(b)); };
  CHECK(kl(gamma(1e8f, 1), gamma(1e8f + 96, 1)).item() ==
        Approx(4.60799854848069e-5).epsilon(1e-6).margin(0));
  CHECK(kl(gamma(1e6f, 1), gamma(1e6f, 1 + 0x1p-20f)).item() ==
        Approx(4.54747061766092e-7).epsilon(0.1).margin(0));
  CHECK(kl(gamma(100, 2), gamma(100 + 0x1p-10f, 2 + 0x1p-15f)).item() ==
        Approx(1.5326434853423e-9).epsilon(0.03).margin(0));
  CHECK(kl(beta(1e6f, 1e6f), beta(1e6f + 1, 1e6f)).item() == Approx(2.500000625e-7).epsilon(0.1).margin(0));
  for (const float off : {0.0f, 1e-7f, 1e-6f, 1e-4f, 1e-2f}) {
    INFO(off);
    const auto numbers = [](std::uint32_t which) {
      return constant(normal(Stream().at_epoch(which), {1000, 1}));
    };
    const Var a = exp(5 * numbers(1)), b = exp(5 * numbers(2)), c = a * (1 + off * numbers(3)),
              d = b * (1 + off * numbers(4));
    const Var of_gammas = kl(Gamma(a, b), Gamma(c, d)), of_betas = kl(Beta(a, b), Beta(c, d));
    for (const float k : of_gammas.value()) CHECK(k >= 0);
    for (const float k : of_betas.value()) CHECK(k >= -1e-13f);
    if (off > 0) continue;
    CHECK(sum(kl(Gamma(a, b), Gamma(a, b))).item() == 0);
    CHECK(sum(kl(Beta(a, b), Beta(a, b))).item() == 0);
  }
}
