// Distributions in single precision: the stable forms keep their digits, and samples stay where the density
// is finite.
#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/discretized_logistic.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/relaxed_one_hot.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("float: the continuous Bernoulli keeps its digits around logits of 0") {
  Evaluation scope;
  for (const float l : {-1e-3f, -1e-6f, 0.0f, 1e-6f, 1e-3f}) {
    const ContinuousBernoulli p(one(l));
    CHECK(p.log_prob(one(0.25f)).item() == Approx(-0.25 * l - l * l / 24).epsilon(1e-5).margin(1e-9));
    CHECK(p.mean().item() == Approx(0.5 + l / 12).epsilon(1e-6));
  }
}

TEST_CASE("float: a continuous Bernoulli with a logit of 1e5 (mpmath)") {
  Evaluation scope;
  const ContinuousBernoulli p(one(1e5f));
  CHECK(p.log_prob(one(1)).item() == Approx(11.512925465).epsilon(1e-7));
  CHECK(p.entropy().item() == Approx(-10.512925465).epsilon(2e-7));
  const double x = double(0.99999f);
  CHECK(p.cdf(one(0.99999f)).item() == Approx(std::exp(1e5 * (x - 1))).epsilon(1e-5));
}

// ---- Bernoulli and categorical ----------------------------------------------------------------------------

TEST_CASE("float: entropies and variances of what is nearly certain (mpmath)") {
  Evaluation scope;
  CHECK(Bernoulli(one(20)).entropy().item() == Approx(4.3284225984e-8).epsilon(1e-6).margin(0));
  CHECK(Categorical(row({20, 0})).entropy().item() == Approx(4.3284225984e-8).epsilon(1e-6).margin(0));
  const Array variance = Categorical(row({-300, -301, -299, -280})).variance().value();
  CHECK(variance(0, 3) == Approx(8.422205961e-9).epsilon(1e-6).margin(0));
  CHECK(variance(0, 2) == Approx(5.602796359e-9).epsilon(1e-6).margin(0));
}

TEST_CASE("float: infinite logits are probabilities of 0 and 1") {
  Evaluation scope;
  const Categorical p(row({0, 0, -infinity}));
  CHECK(p.entropy().item() == Approx(std::log(2.0)));
  CHECK(p.log_prob(row({1, 0, 0})).item() == Approx(-std::log(2.0)));
  CHECK(kl(p, p).item() == 0);
  const Bernoulli certain(row({infinity, -infinity}));
  CHECK(certain.log_prob(row({1, 0})).item() == 0);
  CHECK(certain.entropy().item() == 0);
  CHECK(kl(certain, certain).item() == 0);
}

TEST_CASE("float: no KL of nearly equal distributions is below 0") {
  Evaluation scope;
  const Shape shape = {2000, 3};
  const Var a = constant(normal(Stream(), shape)) * 4, b = constant(normal(Stream().at_epoch(1), shape));
  for (const float distance : {1e-7f, 1e-6f, 1e-4f, 1e-3f, 1e-2f}) {
    INFO(distance);
    const Var c = a + distance * constant(normal(Stream().at_epoch(2), shape));
    const std::vector<Var> all = {
        kl(Bernoulli(a), Bernoulli(c)),  kl(Categorical(a), Categorical(c)),
        kl(Normal(a, b), Normal(c, b)),  kl(ContinuousBernoulli(a), ContinuousBernoulli(c)),
        kl(Normal(b, a), Normal(b, c)),  kl(Laplace(a, b), Laplace(c, b)),
        kl(Laplace(b, a), Laplace(b, c))};
    for (const Var& k : all) {
      const Array values = k.value();
      CHECK(*std::min_element(values.begin(), values.end()) >= 0);
    }
  }
}

TEST_CASE("float: the KL of nearly equal distributions has the digits that their parameters have (mpmath)") {
  Evaluation scope;
  CHECK(kl(Bernoulli(one(0.5f)), Bernoulli(one(0.5009765625f))).item() == Approx(1.1204956e-7).epsilon(1e-3));
  CHECK(kl(Categorical(row({0, 1, 2})), Categorical(row({0.0009765625f, 1, 2}))).item() ==
        Approx(3.9075345e-8).epsilon(2e-3));
  CHECK(kl(ContinuousBernoulli(one(1000)), ContinuousBernoulli(one(1003))).item() ==
        Approx(4.4910202e-6).epsilon(1e-6));
  CHECK(kl(Normal(one(0), one(1e-3f)), Normal(one(0), one(0))).item() ==
        Approx(2.5008336e-7).epsilon(1e-6).margin(0));
}

// ---- Normal -----------------------------------------------------------------------------------------------

TEST_CASE("float: a normal distribution as narrow and as wide as its header allows (mpmath)") {
  for (const float log_var : {-90.0f, -170.0f, 170.0f}) {
    Step step;
    INFO(log_var);
    const Var mu = variable(full({1, 1}, 2)), v = variable(full({1, 1}, log_var));
    const Normal p(mu, v);
    const Var at_mean = p.log_prob(one(2)), self = kl(p, p);
    CHECK(at_mean.item() == Approx(-0.5 * double(log_var) - 0.91893853320467274).epsilon(1e-6));
    CHECK(backward(at_mean)[v](0, 0) == -0.5f);
    CHECK(backward(at_mean)[mu](0, 0) == 0);
    CHECK(self.item() == 0);
    CHECK(std::isfinite(p.sample(Stream())(0, 0)));
    CHECK(p.cdf(one(2)).item() == 0.5f);
  }
  Evaluation scope;
  CHECK(Normal(one(2), one(-90)).log_prob(one(2)).item() == Approx(44.0810614668).epsilon(1e-6));
}

// ---- discretized logistic ---------------------------------------------------------------------------------

TEST_CASE("float: a discretized logistic is finite for means and scales far off") {
  Evaluation scope;
  for (const float mu : {-5.0f, 0.0f, 5.0f})
    for (const float log_scale : {-20.0f, -7.0f, 0.0f, 7.0f}) {
      const DiscretizedLogistic p(one(mu), one(log_scale));
      CHECK(std::isfinite(p.log_prob(one(pixel_values()(77))).item()));
      CHECK(logsumexp(p.log_table(), {2}).item() == Approx(0).margin(3e-5));
    }
}

// To the ends of the range for which its header promises it. Level 77 has its upper edge at −100/255. In the
// wide limit both σ are ½.
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

TEST_CASE("float: a discretized logistic has slopes of 0 where log p is -inf") {
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

// ---- relaxed one-hot --------------------------------------------------------------------------------------

TEST_CASE("float: samples of a cold relaxed one-hot have a finite density by their logarithm") {
  Evaluation scope;
  const RelaxedOneHot r(constant(zeros({2000, 2})), 0.1f);
  CHECK(all_finite(r.log_prob_log(r.rsample_log(Stream())).value()));
}

// ---- Laplace and logistic ---------------------------------------------------------------------------------

TEST_CASE("float: a Laplace and a logistic distribution as narrow and as wide as their headers allow") {
  for (const float log_scale : {-90.0f, -170.0f, 170.0f}) {
    Step step;
    INFO(log_scale);
    const Var mu = variable(full({1, 1}, 2)), s = variable(full({1, 1}, log_scale));
    const Laplace laplace(mu, s);
    const Logistic logistic(mu, s);
    CHECK(laplace.log_prob(one(2)).item() == Approx(-std::log(2.0) - log_scale).epsilon(1e-6));
    CHECK(logistic.log_prob(one(2)).item() == Approx(-std::log(4.0) - log_scale).epsilon(1e-6));
    CHECK(backward(laplace.log_prob(one(2)))[s](0, 0) == -1);
    CHECK(backward(logistic.log_prob(one(2)))[s](0, 0) == -1);
    CHECK(kl(laplace, laplace).item() == 0);
    for (const Var& f : {laplace.cdf(one(2)), logistic.cdf(one(2))}) CHECK(f.item() == 0.5f);
    for (const Array& z : {laplace.sample(Stream()), logistic.sample(Stream())})
      CHECK_FALSE(std::isnan(z(0, 0)));
  }
}

TEST_CASE("float: the KL of nearly equal Laplaces keeps its digits") {
  Evaluation scope;
  CHECK(kl(Laplace(one(1e-3f), one(0)), Laplace(one(0), one(0))).item() ==
        Approx(0.5e-6 * (1 - 1e-3 / 3)).epsilon(1e-3).margin(0));
}

TEST_CASE("float: the KL of a narrow Laplace keeps its digits") {
  Evaluation scope;
  for (const float log_scale : {-16.0f, -40.0f, -80.0f})
    CHECK(kl(Laplace(one(0.3f), one(log_scale)), Laplace(one(0), one(0))).item() ==
          Approx(0.3 - log_scale - 1).epsilon(1e-6));
}

TEST_CASE("float: the KL of a narrow Laplace around the same point, as far as floats reach") {
  Step step;
  const Var mu = variable(full({1, 1}, 0)), log_b = variable(full({1, 1}, -89));
  const Var k = kl(Laplace(mu, log_b), Laplace(one(0), one(0)));
  CHECK(k.item() == 88);
  CHECK(backward(k)[log_b](0, 0) == -1);
  CHECK(backward(k)[mu](0, 0) == 0);
}

// ---- multivariate normal ----------------------------------------------------------------------------------

TEST_CASE("float: log p of a multivariate normal is -inf, not NaN, where it overflows") {
  Evaluation scope;
  const auto at = [](const std::vector<Real>& x, const std::vector<Real>& L) {
    const MultivariateNormal p(constant(zeros({1, 2})), constant(array({1, 2, 2}, L)));
    return p.log_prob(constant(array({1, 2}, x))).item();
  };
  CHECK(at({1e38f, 0}, {0.1f, 0, 0, 1}) == -infinity);
  CHECK(at({-3e38f, 3e38f}, {0.1f, 0, 2, 0.01f}) == -infinity);
  CHECK(at({1e10f, 0}, {1e-30f, 0, 0, 1}) == -infinity);
  CHECK(at({1e20f, 0}, {1e20f, 0, 0, 1}) ==
        Approx(-0.5 - std::log(2 * 3.141592653589793) - 20 * std::log(10.0)));
}
