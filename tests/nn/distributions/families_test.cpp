// What is particular to one density: parameters that are refused, edges of supports, the choices of mixtures,
// the simplex of the relaxed one-hot. What all have in common is in densities_test.cpp.
#include <cmath>
#include <functional>
#include <limits>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "nn/distributions/discretized_logistic_mixture.h"
#include "nn/distributions/mixture.h"
#include "nn/distributions/relaxed_one_hot.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"

using namespace nn;

namespace {

const double infinity = std::numeric_limits<double>::infinity();

Var row(const std::vector<Real>& values) { return constant(array({1, values.size()}, values)); }
Var one(Real value) { return row({value}); }

std::string refusal(const std::function<void()>& f) { return message_of<std::domain_error>(f); }

}  // namespace

TEST_CASE(
    "families: what is not positive and finite is refused, NaN too, with the name of the parameter and its "
    "place") {
  Evaluation scope;
  for (const Real wrong : {0.0, -1.0, std::nan(""), infinity}) {
    INFO(wrong);
    CHECK(says(refusal([&] {
                 Gamma(row({1, wrong}), row({1, 1}));
               }),
               {"[gamma]", "concentration", "element 1"}));
    CHECK(says(refusal([&] { Gamma(one(1), one(wrong)); }), {"[gamma]", "rate"}));
    CHECK(says(refusal([&] { Beta(one(wrong), one(1)); }), {"[beta]", "alpha"}));
    CHECK(says(refusal([&] { Beta(one(1), one(wrong)); }), {"[beta]", "beta is"}));
    CHECK(says(refusal([&] { RelaxedOneHot(row({1, 2}), wrong); }), {"[relaxed_one_hot]", "temperature"}));
    CHECK(says(refusal([&] { Uniform(one(0), one(wrong)); }), {"[uniform]", "low", "high"}));
    CHECK(says(refusal([&] { Uniform(one(wrong), one(-2)); }), {"[uniform]", "low", "high"}));
    CHECK(says(refusal([&] { Uniform(one(-infinity), one(wrong)); }), {"[uniform]", "low", "high"}));
  }
}

TEST_CASE("families: a multivariate normal reads the lower triangle, whose diagonal must be positive") {
  Evaluation scope;
  const auto of = [](const std::vector<Real>& L) {
    return MultivariateNormal(row({0, 0}), constant(array({1, 2, 2}, L)));
  };
  CHECK(of({2, 7, 1, 3}).log_prob(row({1, 1})).item() == of({2, 0, 1, 3}).log_prob(row({1, 1})).item());
  CHECK(same(of({2, 7, 1, 3}).sample(Stream()), of({2, 0, 1, 3}).sample(Stream())));
  CHECK(values_of(of({2, 7, 1, 3}).covariance().value()) == std::vector<Real>{4, 2, 2, 10});
  CHECK(says(refusal([&] { of({2, 0, 1, 0}); }), {"[multivariate_normal]", "diagonal", "element 1"}));
  for (const Real wrong : {std::nan(""), infinity})
    CHECK(says(refusal([&] { of({wrong, 0, 1, 1}); }), {"[multivariate_normal]", "diagonal", "element 0"}));
  const auto message = message_of<std::invalid_argument>([&] {
    MultivariateNormal(row({0, 0}), row({1, 1}));
  });
  CHECK(says(message, {"[multivariate_normal]", "[1,2]"}));
}

TEST_CASE("families: shapes that do not fit are refused") {
  Evaluation scope;
  const auto c = [](const Shape& shape) { return constant(full(shape, 0.5)); };
  const auto message = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  CHECK(says(message([&] { Categorical(c({3})); }), {"[categorical]", "[3]"}));
  CHECK(says(message([&] { Categorical(c({3, 0})); }), {"[categorical]", "[3,0]"}));
  CHECK(says(message([&] { RelaxedOneHot(c({3}), 1); }), {"[relaxed_one_hot]", "[3]"}));
  CHECK(says(message([&] {
               DiscretizedLogisticMixture(c({3, 2}), c({3, 2}), c({3, 1}));
             }),
             {"[3,2]", "[3,1]"}));
  const Normal n(c({4, 2}), c({4, 2}));
  CHECK(says(message([&] { Mixture(c({4, 3}), {n, n}); }), {"[mixture]", "[4,3]", "2 components"}));
  CHECK(says(message([&] { Mixture(c({4, 0}), {}); }), {"[mixture]", "0 components"}));
  CHECK(says(message([&] {
               Mixture(c({4, 2}), {n, Normal(c({4, 1}), c({4, 1}))});
             }),
             {"[mixture]", "[4,2]", "[4,1]"}));
  CHECK(says(message([&] { Mixture(c({3, 2}), {n, n}); }), {"[mixture]", "[3,2]"}));
  const Bernoulli coins(c({4, 2}));
  CHECK(says(message([&] {
               Mixture(c({4, 2}), {coins, n});
             }),
             {"[mixture]", "component 0 is discrete", "component 1 continuous"}));
  CHECK(says(message([&] {
               Mixture(c({4, 2}), {n, coins});
             }),
             {"[mixture]", "component 1 is discrete", "component 0 continuous"}));
  CHECK(Mixture(c({4, 2}), {coins, coins}).log_prob(c({4, 2})).shape() == Shape{4});
}

TEST_CASE("families: gamma and beta at the ends of their supports") {
  Evaluation scope;
  CHECK(Gamma(one(1), one(2)).log_prob(one(0)).item() == Approx(std::log(2.0)));
  CHECK(Gamma(one(1.5), one(2)).log_prob(one(0)).item() == -infinity);
  CHECK(Gamma(one(0.5), one(2)).log_prob(one(0)).item() == infinity);
  CHECK(Beta(one(1), one(1)).log_prob(one(0)).item() == 0);
  CHECK(Beta(one(1), one(1)).log_prob(one(1)).item() == 0);
  CHECK(Beta(one(1), one(3)).log_prob(one(0)).item() == Approx(std::log(3.0)));
  CHECK(Beta(one(1), one(3)).log_prob(one(1)).item() == -infinity);
  CHECK(Beta(one(0.5), one(3)).log_prob(one(0)).item() == infinity);
  CHECK(Beta(one(2), one(2)).log_prob(one(-1)).item() == -infinity);
}

TEST_CASE("families: at infinity a gamma or a multivariate normal has no density, and no slopes") {
  Step step;
  const Var a = variable(full({1, 2}, 1.5)), b = variable(full({1, 2}, 2));
  const Var m = variable(zeros({1, 2})), L = variable(array({1, 2, 2}, {1, 0, -3, 2}));
  for (const Real end : {infinity, -infinity}) {
    const Var x = variable(array({1, 2}, {end, end}));
    const Gradients g = backward(Gamma(a, b).log_prob(x)), h = backward(MultivariateNormal(m, L).log_prob(x));
    for (const Array& slopes : {g[a], g[b], g[x], h[m], h[x]})
      for (const Real slope : values_of(slopes)) CHECK(slope == 0);
    CHECK(all_finite(h[L]));
  }
}

TEST_CASE("families: the Laplace cdf has the density's slope at its kink, too") {
  Step step;
  const Var x = variable(array({1, 3}, {0.25, 0.5, 1}));
  const Laplace p(row({0.5, 0.5, 0.5}), row({0, 0, 0}));
  const Array slopes = backward(sum(p.cdf(x)))[x];
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(slopes(0, i) == Approx(0.5 * std::exp(-std::abs(x.value()(0, i) - 0.5))));
}

TEST_CASE("families: samples of tiny concentrations stay inside the support, where the density is finite") {
  Evaluation scope;
  const Shape shape = {2000, 2};
  const Gamma g(constant(full(shape, 1e-3)), constant(full(shape, 1)));
  const Beta b(constant(full(shape, 1e-2)), constant(full(shape, 1e-2)));
  const Array z = g.sample(Stream()), x = b.sample(Stream());
  double ones = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    REQUIRE(z.data()[i] > 0);
    REQUIRE((x.data()[i] > 0 && x.data()[i] < 1));
    ones += x.data()[i] > 0.5;
  }
  CHECK(std::abs(ones / 4000 - 0.5) < 4.9 * 0.5 / std::sqrt(4000.0));
  CHECK(all_finite(g.log_prob(constant(z)).value()));
  CHECK(all_finite(b.log_prob(constant(x)).value()));
}

TEST_CASE("families: soft labels get the cross-entropy, as grey pixels do under a Bernoulli") {
  Evaluation scope;
  const Categorical p(row({0, std::log(3.0)}));
  CHECK(p.log_prob(row({0.5, 0.5})).item() == Approx(0.5 * std::log(0.25) + 0.5 * std::log(0.75)));
  CHECK(p.log_prob(row({0, 1})).item() == Approx(std::log(0.75)));
  CHECK(p.mean().value()(0, 1) == Approx(0.75));
}

TEST_CASE(
    "families: a relaxed one-hot comes near a corner when cold, near the center when hot, and its logarithm "
    "keeps the digits") {
  Evaluation scope;
  const Var logits = broadcast_to(row({0.5, -1, 2}), {1000, 3});
  const Array cold = RelaxedOneHot(logits, 1e-3).sample(Stream()),
              hot = RelaxedOneHot(logits, 1e3).sample(Stream());
  std::size_t corners = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    corners += std::max({cold(i, 0), cold(i, 1), cold(i, 2)}) > 0.999;
    for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(hot(i, k) - 1.0 / 3) < 0.02);
  }
  CHECK(corners > 980);
  // The largest coordinate is k as often as the Categorical chooses k; from the same numbers it is the same
  // k.
  CHECK(argmax(cold, 1) == argmax(Categorical(logits).sample(Stream()), 1));
  const RelaxedOneHot p(logits, 1e-3);
  CHECK(all_finite(p.log_prob_log(p.rsample_log(Stream())).value()));
  const RelaxedOneHot warm(logits, 0.5);
  const Array a = warm.log_prob(warm.rsample(Stream())).value(),
              b = warm.log_prob_log(warm.rsample_log(Stream())).value();
  for (std::size_t i = 0; i < 1000; ++i) CHECK(a(i) == Approx(b(i)).epsilon(1e-9));
}

TEST_CASE("families: a mixture chooses one component for each datum, with weights by datum") {
  Evaluation scope;
  const std::size_t n = 4000;
  const Shape shape = {n, 2};
  const auto c = [&](Real v) { return constant(full(shape, v)); };
  Array logits = zeros({n, 2});
  for (std::size_t i = 0; i < n; ++i) logits(i, 0) = i % 2 ? 50 : 0, logits(i, 1) = i % 2 ? 0 : std::log(3.0);
  const Mixture p(constant(logits), {Normal(c(-10), c(0)), Uniform(c(9), c(11))});
  const Array x = p.sample(Stream());
  double second = 0;
  for (std::size_t i = 0; i < n; ++i) {
    CHECK((x(i, 0) > 0) == (x(i, 1) > 0));
    if (i % 2) CHECK(x(i, 0) < 0);
    second += x(i, 0) > 0;
  }
  CHECK(std::abs(second / (n / 2) - 0.75) < 4.9 * std::sqrt(0.75 * 0.25 / (n / 2)));
  CHECK(p.mean().value()(0, 0) == Approx(0.25 * -10 + 0.75 * 10));
  CHECK(p.variance().value()(0, 0) == Approx(0.25 * 1 + 0.75 * 4 / 12.0 + 0.25 * 0.75 * 400));
  // where one component has no density at all
  CHECK(p.log_prob(constant(full(shape, -10))).value()(0) == Approx(std::log(0.25) - std::log(2 * M_PI)));
}

TEST_CASE("families: what has no path or no order says so") {
  Evaluation scope;
  const Density coin = Bernoulli(one(0)), classes = Categorical(row({0, 1}));
  CHECK(says(message_of<std::logic_error>([&] { rsample(coin, Stream()); }), {"no path"}));
  CHECK(says(message_of<std::logic_error>([&] { cdf(classes, row({0, 1})); }), {"no order"}));
}

// log Σ_k w_k [σ((x + h − μ)/s) − σ((x − h − μ)/s)] by hand, where no difference cancels
TEST_CASE("families: a mixture of discretized logistics is the mixture of its bins, pixel by pixel") {
  Evaluation scope;
  const std::size_t B = 3, D = 4, K = 2;
  const Array l = normal(Stream(), {B, D, K}), m = normal(Stream().at_epoch(1), {B, D, K}),
              s = normal(Stream().at_epoch(2), {B, D, K});
  Array x = empty({B, D});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = pixel_values()(i * 255 / (x.size() - 1));
  const DiscretizedLogisticMixture p((constant(l)), constant(m), constant(s));
  const Array found = p.log_prob(constant(x)).value();
  const double h = 1.0 / 255;
  for (std::size_t b = 0; b < B; ++b) {
    double by_hand = 0;
    for (std::size_t d = 0; d < D; ++d) {
      double mass = 0, weights = 0;
      for (std::size_t k = 0; k < K; ++k) {
        const auto F = [&](double edge) {
          return 1 / (1 + std::exp(-(edge - m(b, d, k)) / std::exp(s(b, d, k))));
        };
        const double above = x(b, d) == 1 ? 1 : F(x(b, d) + h), below = x(b, d) == -1 ? 0 : F(x(b, d) - h);
        mass += std::exp(l(b, d, k)) * (above - below), weights += std::exp(l(b, d, k));
      }
      by_hand += std::log(mass / weights);
    }
    CHECK(found(b) == Approx(by_hand).epsilon(1e-11));
  }
}

TEST_CASE("families: a discretized logistic has no mass beside its levels, and its cdf steps at the levels") {
  Evaluation scope;
  const DiscretizedLogistic p(one(0.2), one(-1));
  const Array levels = pixel_values();
  for (const Real x : {1.01, -1.01, 0.0, levels(7) + 1e-4, levels(254) - 1e-4})
    CHECK(p.log_prob(one(x)).item() == -infinity);
  for (std::size_t k = 0; k < pixel_levels; ++k) {
    const double mass = p.log_table().value()(0, 0, k);
    for (const double off : {-1e-6, 0.0, 1e-6})
      CHECK(p.log_prob(one(levels(k) + off)).item() == Approx(mass).epsilon(1e-5));
  }
  CHECK(p.cdf(one(levels(7))).item() == p.cdf(one(levels(7) + 0.007)).item());
  CHECK(p.cdf(one(levels(7))).item() > p.cdf(one(levels(7) - 0.001)).item());
  CHECK(p.cdf(one(-1)).item() == Approx(std::exp(p.log_prob(one(-1)).item())));
  CHECK(p.cdf(one(1)).item() == 1);
}
