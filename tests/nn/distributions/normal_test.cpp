// The diagonal normal: densities and KL against quadrature and known values, samples against the distribution
// function, gradients, and shapes that must not broadcast. Statistical checks fail true samples with
// probability 1e-6 each; seeds are fixed.
#include "nn/distributions/normal.h"

#include <cmath>
#include <functional>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

namespace {

Normal normal_of(Real mu, Real log_var) { return {row({mu}), row({log_var})}; }

// ∫ f over mean ± 12 deviations; the trapezoidal rule is exact to rounding for what vanishes at both ends.
double integral(double mean, double deviation, const std::function<double(double)>& f) {
  const int n = 4000;
  double sum = 0;
  for (int i = 0; i <= n; ++i) sum += f(mean + deviation * 12 * (2.0 * i / n - 1));
  return sum * deviation * 24 / n;
}

double log_density(double x, double mu, double log_var) {
  return -0.5 * (std::log(2 * M_PI) + log_var + (x - mu) * (x - mu) / std::exp(log_var));
}

}  // namespace

TEST_CASE("normal: the density integrates to one") {
  Evaluation scope;
  for (const Real log_var : {-3.0, 0.0, 2.5}) {
    const Normal p = normal_of(0.7, log_var);
    const double deviation = std::exp(0.5 * log_var);
    CHECK(std::abs(integral(0.7, deviation, [&](double x) { return std::exp(p.log_prob(row({x})).item()); }) -
                   1) < 1e-9);
  }
}

TEST_CASE("normal: known values") {
  Evaluation scope;
  CHECK(normal_of(0, 0).log_prob(row({0})).item() == Approx(-0.9189385332046727).epsilon(1e-15));
  CHECK(normal_of(0, 0).log_prob(row({2})).item() == Approx(-2.9189385332046727).epsilon(1e-15));
  CHECK(normal_of(1, std::log(4.0)).log_prob(row({4})).item() ==
        Approx(-0.9189385332046727 - std::log(2.0) - 9.0 / 8).epsilon(1e-15));
  CHECK(normal_of(3, 0).entropy().item() == Approx(1.4189385332046727).epsilon(1e-15));
  CHECK(normal_of(3, std::log(4.0)).entropy().item() ==
        Approx(1.4189385332046727 + std::log(2.0)).epsilon(1e-15));
  CHECK(kl(normal_of(1, 0), normal_of(0, 0)).item() == Approx(0.5).epsilon(1e-15));
  CHECK(kl(normal_of(0, std::log(4.0)), normal_of(0, 0)).item() ==
        Approx(1.5 - std::log(2.0)).epsilon(1e-14));
  CHECK(normal_of(3, 1).mean().item() == 3);
}

TEST_CASE("normal: the entropy is the integral of -p log p") {
  Evaluation scope;
  const double found = integral(0.7, std::exp(0.4), [](double x) {
    return -std::exp(log_density(x, 0.7, 0.8)) * log_density(x, 0.7, 0.8);
  });
  CHECK(normal_of(0.7, 0.8).entropy().item() == Approx(found).epsilon(1e-9));
}

TEST_CASE("normal: the KL is the integral of q log q/p") {
  Evaluation scope;
  const double cases[][4] = {
      {0, 0, 0, 0.5}, {1, -2, 0, 0}, {-0.5, 1, 2, -1}, {3, 0.3, -1, 2}, {0, 1e-3, 0, 0}};
  for (const auto& [a, u, b, v] : cases) {
    const double found = integral(a, std::exp(u / 2), [a = a, u = u, b = b, v = v](double x) {
      return std::exp(log_density(x, a, u)) * (log_density(x, a, u) - log_density(x, b, v));
    });
    CHECK(std::abs(kl(normal_of(a, u), normal_of(b, v)).item() - found) < 1e-8);
  }
}

TEST_CASE("normal: the KL is not symmetric") {
  Evaluation scope;
  CHECK(kl(normal_of(0, 1), normal_of(0, 0)).item() > kl(normal_of(0, 0), normal_of(0, 1)).item() + 0.1);
}

TEST_CASE(
    "normal: the KL of equal distributions is exactly 0, near them it keeps its digits, and none is below "
    "0") {
  Evaluation scope;
  const Array mu = normal(Stream(), {1000, 3}), log_var = normal(Stream().at_epoch(1), {1000, 3});
  const Normal q(constant(mu), constant(log_var));
  for (const Real k : values_of(kl(q, q).value())) CHECK(k == 0);
  for (const Real scale : {1.0, 1e-3, 1e-6}) {
    const Normal p(constant(mu) + scale * constant(normal(Stream().at_epoch(2), {1000, 3})),
                   constant(log_var) + scale * constant(normal(Stream().at_epoch(3), {1000, 3})));
    for (const Real k : values_of(kl(q, p).value())) CHECK(k > 0);
  }
  CHECK(kl(normal_of(0, 1e-5), normal_of(0, 0)).item() ==
        Approx(2.5e-11 * (1 + 1e-5 / 3)).epsilon(1e-5).margin(0));
  for (double d = 1e-30; d < 1; d *= 3)
    for (const double sign : {-1.0, 1.0}) CHECK(kl(normal_of(0, sign * d), normal_of(0, 0)).item() >= 0);
}

TEST_CASE("normal: log-variances of -30 and 30 stay finite, with their gradients") {
  for (const Real u : {-30.0, 30.0})
    for (const Real v : {-30.0, 30.0}) {
      Step step;
      const Var mu = variable(full({1, 1}, 0.5)), log_var = variable(full({1, 1}, u)),
                other = variable(full({1, 1}, v));
      const Normal q(mu, log_var), p(constant(full({1, 1}, 0)), other);
      const Var total = sum(kl(q, p)) + sum(q.log_prob(constant(full({1, 1}, 0.25)))) + sum(q.entropy()) +
                        sum(q.rsample(Stream()));
      CHECK(std::isfinite(total.item()));
      Gradients g = backward(total);
      for (const Var& x : {mu, log_var, other}) CHECK(std::isfinite(g[x](0, 0)));
    }
  Evaluation scope;
  CHECK(kl(normal_of(0, -30), normal_of(0, 0)).item() == Approx(14.5));
}

TEST_CASE("normal: parameters beyond what a deviation can be are refused by name") {
  Evaluation scope;
  const auto refusal = [](Real log_var) {
    return message_of<std::domain_error>([&] { Normal(row({0, 0}), row({0, log_var})); });
  };
  CHECK(says(refusal(-1401), {"[normal]", "log_var is -1401", "element 1", "±1400"}));
  CHECK(says(refusal(infinity), {"[normal]", "log_var is inf", "element 1", "±1400"}));
  CHECK(normal_of(2, -1400).log_prob(row({2})).item() == Approx(700 - 0.9189385332046727));
  CHECK(kl(normal_of(2, -1400), normal_of(2, -1400)).item() == 0);
  CHECK(std::isnan(normal_of(std::nan(""), 0).log_prob(row({2})).item()));
}

TEST_CASE("normal: with an infinite mean there is no density, and differences of infinities are refused") {
  Evaluation scope;
  const Normal lost = normal_of(infinity, 0), standard = normal_of(0, 0);
  CHECK(lost.log_prob(row({2})).item() == -infinity);
  CHECK(lost.cdf(row({2})).item() == 0);
  CHECK(kl(lost, standard).item() == infinity);
  CHECK(kl(standard, lost).item() == infinity);
  CHECK(kl(lost, normal_of(-infinity, 0)).item() == infinity);
  const auto message = [](const std::function<void()>& f) { return message_of<std::domain_error>(f); };
  CHECK(says(message([&] { kl(lost, lost); }), {"[kl(normal, normal)]", "infinities"}));
  CHECK(says(message([&] { lost.log_prob(row({infinity})); }), {"[normal.log_prob]", "infinities"}));
  CHECK(says(message([&] { lost.cdf(row({infinity})); }), {"[normal.cdf]", "infinities"}));
}

TEST_CASE("normal: gradients of log_prob, entropy, kl and rsample to second order") {
  const std::vector<Array> at = {normal(Stream(), {2, 3}), normal(Stream().at_epoch(1), {2, 3}),
                                 normal(Stream().at_epoch(2), {2, 3}), normal(Stream().at_epoch(3), {2, 3})};
  using Vars = const std::vector<Var>&;
  const std::vector<std::pair<const char*, Function>> functions = {
      {"log_prob", [](Vars x) { return Normal(x[0], x[1]).log_prob(x[2]); }},
      {"entropy", [](Vars x) { return square(Normal(x[0], x[1]).entropy()); }},
      {"kl", [](Vars x) { return kl(Normal(x[0], x[1]), Normal(x[2], x[3])); }},
      {"rsample", [](Vars x) { return Normal(x[0], x[1]).rsample(Stream()); }},
      {"log_prob of rsample",
       [](Vars x) { return Normal(x[2], x[3]).log_prob(Normal(x[0], x[1]).rsample(Stream())); }},
  };
  for (const auto& [name, f] : functions) {
    const GradientCheck check = check_gradient(f, at);
    INFO(name << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);
  }
}

TEST_CASE("normal: samples follow the distribution, and are those of rsample") {
  Evaluation scope;
  const Shape shape = {100000, 1};
  const Normal p(constant(full(shape, -2)), constant(full(shape, 1.2)));
  const std::vector<Real> z = values_of(p.sample(Stream()));
  CHECK(kolmogorov_accepts(z, [](double x) { return normal_cdf((x + 2) / std::exp(0.6)); }));
  CHECK(same(p.sample(Stream()), p.rsample(Stream()).value()));
}

// E z² = μ² + σ², so its gradients are 2μ and σ² (in log σ²).
TEST_CASE("normal: gradients of moments through rsample are unbiased") {
  Step step;
  const Shape shape = {100000, 1};
  const Var mu = variable(full(shape, 0.8)), log_var = variable(full(shape, -0.5));
  Gradients g = backward(sum(square(Normal(mu, log_var).rsample(Stream()))));
  CHECK(average(values_of(g[mu])).agrees_with(1.6));
  CHECK(average(values_of(g[log_var])).agrees_with(std::exp(-0.5)));
}

TEST_CASE("normal: everything sums over the event, of any number of axes, to [B]") {
  Evaluation scope;
  const Array mu = normal(Stream(), {4, 6}), log_var = normal(Stream().at_epoch(1), {4, 6}),
              x = normal(Stream().at_epoch(2), {4, 6});
  const auto folded = [](const Array& a) { return reshape(constant(a), {4, 2, 3}); };
  const Normal flat(constant(mu), constant(log_var)), deep(folded(mu), folded(log_var));
  CHECK(flat.log_prob(constant(x)).shape() == Shape{4});
  CHECK(same(flat.log_prob(constant(x)).value(), deep.log_prob(folded(x)).value()));
  CHECK(same(flat.entropy().value(), deep.entropy().value()));
  CHECK(same(kl(flat, Normal::standard({4, 6})).value(), kl(deep, Normal::standard({4, 2, 3})).value()));
  double by_hand = 0;
  for (std::size_t j = 0; j < 6; ++j) by_hand += log_density(x(2, j), mu(2, j), log_var(2, j));
  CHECK(flat.log_prob(constant(x)).value()(2) == Approx(by_hand).epsilon(1e-13));
  const Normal scalars(constant(zeros({5})), constant(zeros({5})));
  CHECK(scalars.log_prob(constant(zeros({5}))).shape() == Shape{5});
}

TEST_CASE("normal: nothing broadcasts silently") {
  Evaluation scope;
  const auto c = [](const Shape& shape) { return constant(zeros(shape)); };
  const auto message = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  const Normal p(c({4}), c({4}));
  CHECK(says(message([&] { p.log_prob(c({4, 1})); }), {"normal.log_prob", "[4,1]", "[4]"}));
  CHECK(says(message([&] { p.log_prob(c({1})); }), {"normal.log_prob", "[1]", "[4]"}));
  CHECK(says(message([&] { Normal(c({4, 2}), c({4, 1})); }), {"normal", "[4,2]", "[4,1]"}));
  CHECK(says(message([&] { Normal(c({}), c({})); }), {"normal", "[]"}));
  CHECK(says(message([&] { kl(p, Normal::standard({4, 1})); }), {"kl", "[4]", "[4,1]"}));
}

TEST_CASE("normal: parameters of different shapes are both named") {
  Evaluation scope;
  const auto message = message_of<std::invalid_argument>([] {
    Normal(constant(zeros({2, 3})), constant(zeros({3})));
  });
  CHECK(message == "[normal] mu is [2,3] but log_var is [3]");
}
