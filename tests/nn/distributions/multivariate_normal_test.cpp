// The normal distribution with a full covariance: its factor, infinite values, and the KL by the textbook's
// formula.
#include "nn/distributions/multivariate_normal.h"

#include <cmath>

#include "autograd/inspect/trace.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "tests/nn/distributions/one_datum.h"

using namespace nn;

TEST_CASE("multivariate normal: it reads the lower triangle, whose diagonal must be positive and finite") {
  Evaluation scope;
  const auto of = [](const std::vector<Real>& L) {
    return MultivariateNormal(row({0, 0}), constant(array({1, 2, 2}, L)));
  };
  const auto refusal = [&](const std::vector<Real>& L) {
    return message_of<std::domain_error>([&] { of(L); });
  };
  CHECK(of({2, 7, 1, 3}).log_prob(row({1, 1})).item() == of({2, 0, 1, 3}).log_prob(row({1, 1})).item());
  CHECK(same(of({2, 7, 1, 3}).sample(Stream()), of({2, 0, 1, 3}).sample(Stream())));
  CHECK(values_of(of({2, 7, 1, 3}).covariance().value()) == std::vector<Real>{4, 2, 2, 10});
  CHECK(says(refusal({2, 0, 1, 0}), {"[multivariate_normal]", "diagonal", "element 1"}));
  CHECK(says(refusal({2, 0, 1, -1}), {"[multivariate_normal]", "diagonal", "element 1"}));
  for (const Real wrong : {std::nan(""), infinity})
    CHECK(says(refusal({wrong, 0, 1, 1}), {"[multivariate_normal]", "diagonal", "element 0"}));
  const auto message = message_of<std::invalid_argument>([&] {
    MultivariateNormal(row({0, 0}), row({1, 1}));
  });
  CHECK(says(message, {"[multivariate_normal]", "[1,2]"}));
}

TEST_CASE("multivariate normal: at infinity it has no density, and no slopes") {
  Step step;
  const Var m = variable(zeros({1, 2})), L = variable(array({1, 2, 2}, {1, 0, -3, 2}));
  for (const Real end : {infinity, -infinity}) {
    const Var x = variable(array({1, 2}, {end, end}));
    const Var log_p = MultivariateNormal(m, L).log_prob(x);
    CHECK(log_p.item() == -infinity);
    const Gradients g = backward(log_p);
    for (const Array& slopes : {g[m], g[x]})
      for (const Real slope : values_of(slopes)) CHECK(slope == 0);
    CHECK(all_finite(g[L]));
  }
}

// ½ [ tr(Σ_p⁻¹ Σ_q) + δᵀ Σ_p⁻¹ δ − D + log |Σ_p| − log |Σ_q| ], by inverse and logdet
TEST_CASE("multivariate normal: the KL of full and diagonal normals in five dimensions is the textbook's") {
  Evaluation scope;
  const std::size_t D = 5;
  const auto full_normal = [&](std::uint32_t which) {
    const Var mu = constant(normal(Stream().at_epoch(which), {1, D})),
              L = constant(normal(Stream().at_epoch(which).at_level(1), {1, D, D}));
    return MultivariateNormal(mu, L + diag(exp(diagonal(L)) - diagonal(L)));
  };
  const auto textbook = [&](const MultivariateNormal& q, const MultivariateNormal& p) {
    const Var S = reshape(q.covariance(), {D, D}), P = inverse(reshape(p.covariance(), {D, D}));
    const Var delta = reshape(q.mu - p.mu, {D, 1});
    const Var quadratic = trace(matmul(P, S)) + sum(delta * matmul(P, delta));
    return 0.5 * (quadratic.item() - D - logdet(P).item() - logdet(S).item());
  };
  const MultivariateNormal q = full_normal(1), p = full_normal(2);
  const Normal diagonal(constant(normal(Stream(), {1, D})), constant(normal(Stream().at_level(1), {1, D})));
  CHECK(kl(q, p).item() == Approx(textbook(q, p)).epsilon(1e-9));
  CHECK(kl(q, diagonal).item() == Approx(textbook(q, MultivariateNormal(diagonal))).epsilon(1e-9));
  CHECK(kl(diagonal, p).item() == Approx(textbook(MultivariateNormal(diagonal), p)).epsilon(1e-9));
  CHECK(kl(MultivariateNormal(diagonal), Normal::standard({1, D})).item() ==
        Approx(kl(diagonal, Normal::standard({1, D})).item()).epsilon(1e-13));
}

// L⁻¹d is (1e300, −1e350, 1e350 − 1e350).
TEST_CASE(
    "multivariate normal: where a solve overflows, log p is -inf and a KL inf; infinite numbers are "
    "refused") {
  Evaluation scope;
  const Var L = constant(array({1, 3, 3}, {1e-300, 0, 0, 1e50, 1, 0, 1e50, 1, 1}));
  const MultivariateNormal narrow(row({0, 0, 0}), L), standard(Normal::standard({1, 3}));
  CHECK(narrow.log_prob(row({1, 0, 0})).item() == -infinity);
  CHECK(kl(MultivariateNormal(row({1, 0, 0}), standard.factor), narrow).item() == infinity);
  CHECK(std::isnan(narrow.log_prob(row({std::nan(""), 0, 0})).item()));
  CHECK(says(message_of<std::domain_error>([] {
               MultivariateNormal(row({0, infinity}), constant(array({1, 2, 2}, {1, 0, 0, 1})));
             }),
             {"[multivariate_normal]", "mu", "element 1"}));
  CHECK(says(message_of<std::domain_error>([] {
               MultivariateNormal(row({0, 0}), constant(array({1, 2, 2}, {1, 0, infinity, 1})));
             }),
             {"[multivariate_normal]", "factor", "element 2"}));
}
