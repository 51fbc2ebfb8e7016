// The Bernoulli by its logits: sums over all outcomes, the extremes, samples, shapes. The statistical check
// fails true samples with probability 1e-6; its seed is fixed.
#include "nn/distributions/bernoulli.h"

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

const std::vector<Real> a = {-1.3, 0.4, 2.2}, b = {0.5, -0.7, 1.1};

Bernoulli of(const std::vector<Real>& logits) { return Bernoulli(row(logits)); }

// All of {0, 1}³.
std::vector<std::vector<Real>> outcomes() {
  std::vector<std::vector<Real>> all;
  for (int i = 0; i < 8; ++i) all.push_back({Real(i & 1), Real(i >> 1 & 1), Real(i >> 2 & 1)});
  return all;
}

// Σ p(x) f(x) over the outcomes, with p from probabilities
double expectation(const std::vector<Real>& logits,
                   const std::function<double(const std::vector<Real>&)>& f) {
  double sum = 0;
  for (const std::vector<Real>& x : outcomes()) {
    double p = 1;
    for (std::size_t j = 0; j < 3; ++j) p *= 1 / (1 + std::exp(x[j] == 1 ? -logits[j] : logits[j]));
    sum += p * f(x);
  }
  return sum;
}

}  // namespace

TEST_CASE("bernoulli: probabilities of all outcomes sum to one") {
  Evaluation scope;
  double sum = 0;
  for (const std::vector<Real>& x : outcomes()) sum += std::exp(of(a).log_prob(row(x)).item());
  CHECK(sum == Approx(1).epsilon(1e-14));
}

TEST_CASE("bernoulli: known values") {
  Evaluation scope;
  CHECK(of({0}).log_prob(row({1})).item() == Approx(-std::log(2.0)).epsilon(1e-15));
  CHECK(of({std::log(3.0)}).log_prob(row({1})).item() == Approx(std::log(0.75)).epsilon(1e-14));
  CHECK(of({std::log(3.0)}).log_prob(row({0})).item() == Approx(std::log(0.25)).epsilon(1e-14));
  CHECK(of({std::log(3.0)}).mean().item() == Approx(0.75).epsilon(1e-15));
  CHECK(of({0, 0}).entropy().item() == Approx(2 * std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("bernoulli: grey values get the cross-entropy") {
  Evaluation scope;
  const double p = 1 / (1 + std::exp(-0.8));
  CHECK(of({0.8}).log_prob(row({0.3})).item() ==
        Approx(0.3 * std::log(p) + 0.7 * std::log(1 - p)).epsilon(1e-14));
}

TEST_CASE("bernoulli: entropy and KL by enumeration") {
  Evaluation scope;
  CHECK(of(a).entropy().item() ==
        Approx(expectation(a, [](const auto& x) { return -of(a).log_prob(row(x)).item(); })).epsilon(1e-13));
  const double divergence = expectation(
      a, [](const auto& x) { return of(a).log_prob(row(x)).item() - of(b).log_prob(row(x)).item(); });
  CHECK(kl(of(a), of(b)).item() == Approx(divergence).epsilon(1e-13));
  CHECK(kl(of(a), of(a)).item() == 0);
  CHECK(kl(of(b), of(a)).item() > 0);
}

TEST_CASE("bernoulli: logits of 1000 are exact") {
  Evaluation scope;
  CHECK(of({1000, -1000}).log_prob(row({1, 0})).item() == 0);
  CHECK(of({1000, -1000}).log_prob(row({0, 1})).item() == -2000);
  CHECK(of({1000, -1000}).entropy().item() == 0);
  CHECK(kl(of({1000}), of({-1000})).item() == 1000);
  CHECK(kl(of({-1000}), of({1000})).item() == 1000);
  CHECK(kl(of({1000}), of({0})).item() == Approx(std::log(2.0)));
  CHECK(of({1000, -1000}).mean().value()(0, 0) == 1);
}

TEST_CASE(
    "bernoulli: the entropy of a pixel that is nearly certain, and the KL of nearly equal ones (mpmath)") {
  Evaluation scope;
  const auto known = [](double found, double expected) {
    CHECK(found == Approx(expected).epsilon(1e-9).margin(0));
  };
  known(of({20}).entropy().item(), 4.3284225984118452e-8);
  known(of({-50}).entropy().item(), 9.8366242246159807e-21);
  known(kl(of({0.5}), of({0.5009765625})).item(), 1.12049564652e-7);
  known(kl(of({3}), of({3.0625})).item(), 8.65925689345e-5);
  known(kl(of({20}), of({20.5})).item(), 2.19576054386e-10);
  known(kl(of({-20}), of({20})).item(), 19.9999999176);
  known(kl(of({50}), of({51})).item(), 7.09547416228e-23);
}

TEST_CASE("bernoulli: infinite logits are probabilities of 0 and 1") {
  Step step;
  const Var l = variable(array({1, 2}, {infinity, -infinity}));
  const Bernoulli certain(l);
  CHECK(certain.log_prob(row({1, 0})).item() == 0);
  CHECK(certain.log_prob(row({0, 0})).item() == -infinity);
  const std::vector<Var> zeros = {certain.entropy(), kl(certain, certain), certain.log_prob(row({1, 0}))};
  for (const Var& zero : zeros) {
    CHECK(zero.item() == 0);
    CHECK(values_of(backward(zero)[l]) == std::vector<Real>{0, 0});
  }
  CHECK(kl(certain, of({0, 0})).item() == Approx(2 * std::log(2.0)));
  CHECK(kl(of({0, 0}), certain).item() == infinity);
  CHECK(values_of(certain.variance().value()) == std::vector<Real>{0, 0});
}

TEST_CASE("bernoulli: gradients to second order") {
  using Vars = const std::vector<Var>&;
  const std::vector<Array> at = {normal(Stream(), {2, 3}), normal(Stream().at_epoch(1), {2, 3})};
  const std::vector<std::pair<const char*, Function>> functions = {
      {"log_prob", [](Vars x) { return Bernoulli(x[0]).log_prob(sigmoid(x[1])); }},
      {"entropy", [](Vars x) { return Bernoulli(x[0]).entropy(); }},
      {"mean", [](Vars x) { return Bernoulli(x[0]).mean(); }},
      {"kl", [](Vars x) { return kl(Bernoulli(x[0]), Bernoulli(x[1])); }},
  };
  for (const auto& [name, f] : functions) {
    const GradientCheck check = check_gradient(f, at);
    INFO(name << ": " << check.worst);
    CHECK(check.order1 < 1e-8);
    CHECK(check.order2 < 1e-7);
  }
}

TEST_CASE("bernoulli: samples are 0 or 1, as often as the mean says, and never against an extreme logit") {
  Evaluation scope;
  const std::size_t rows = 50000;
  const Bernoulli p(broadcast_to(row({-1.3, 0.4, 2.2, 1000, -1000}), {rows, 5}));
  const Array x = p.sample(Stream());
  for (std::size_t j = 0; j < 5; ++j) {
    std::vector<double> column;
    for (std::size_t i = 0; i < rows; ++i) column.push_back(x(i, j));
    CHECK(average(column).agrees_with(p.mean().value()(0, j)));
    for (const double v : column) REQUIRE((v == 0 || v == 1));
  }
}

TEST_CASE("bernoulli: the event may have several axes; nothing broadcasts silently") {
  Evaluation scope;
  const Bernoulli p(constant(zeros({4, 2, 3})));
  CHECK(p.log_prob(constant(zeros({4, 2, 3}))).shape() == Shape{4});
  CHECK(p.entropy().shape() == Shape{4});
  const auto message = [](const std::function<void()>& f) { return message_of<std::invalid_argument>(f); };
  CHECK(says(message([&] {
               p.log_prob(constant(zeros({4, 6})));
             }),
             {"bernoulli.log_prob", "[4,6]", "[4,2,3]"}));
  CHECK(
      says(message([&] { of({0}).log_prob(constant(zeros({1}))); }), {"bernoulli.log_prob", "[1]", "[1,1]"}));
  CHECK(says(message([&] { Bernoulli(constant(zeros({}))); }), {"bernoulli", "[]"}));
  CHECK(says(message([&] { kl(p, of({0})); }), {"kl", "[4,2,3]", "[1,1]"}));
}
