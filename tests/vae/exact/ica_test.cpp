// Independent components: log p(x) against densities that are known, and what can be unmixed.
#include "vae/exact/ica.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"

using namespace vae;

namespace {

const Array& some_A() {
  static const Array A = array({3, 3}, {1, 0.5, -0.3, 0.2, -1, 0.8, 0.7, 0.4, 1.1});
  return A;
}

// A s of sources s: [N,3]
Array mixed(const Array& s) {
  Evaluation scope;
  return matmul(constant(s), constant(some_A()), false, true).value();
}

ICA fitted(const Array& x, Sources p) {
  ICA model(whitening(PrincipalComponents(x)), p);
  for (int i = 0; i < 200; ++i) model.natural_gradient_step(x, 0.2);
  return model;
}

}  // namespace

TEST_CASE("ica: of normal sources log p(x) is the normal density with covariance AAᵀ") {
  Evaluation scope;
  const Array W = array({2, 2}, {2, 1, -1, 3}), x = random_array({5, 2}, 3);  // det W = 7
  const Array A = array({1, 2, 2}, {3 / 7.0, -1 / 7.0, 1 / 7.0, 2 / 7.0});
  const Var AAt = matmul(constant(A), constant(A), false, true);
  const nn::MultivariateNormal p(constant(zeros({5, 2})), broadcast_to(cholesky(AAt), {5, 2, 2}));
  const Array found = ICA(W, normal_sources).log_px(constant(x)).value(),
              truth = p.log_prob(constant(x)).value();
  for (std::size_t i = 0; i < 5; ++i) CHECK(found(i) == Approx(truth(i)).epsilon(1e-12));
}

TEST_CASE("ica: with scales alone it is the product of scaled sources, also with a negative determinant") {
  Evaluation scope;
  const Array W = array({2, 2}, {0, -3, -0.5, 0}), x = array({1, 2}, {0.4, -1.5});  // s = (4.5, −0.2)
  const auto laplace = [](double t) { return 0.5 * std::exp(-std::abs(t)); };
  const auto logistic = [](double t) { return 1 / (4 * std::cosh(t / 2) * std::cosh(t / 2)); };
  const double of_laplace = std::log(3 * laplace(4.5)) + std::log(0.5 * laplace(0.2));
  const double of_logistic = std::log(3 * logistic(4.5)) + std::log(0.5 * logistic(0.2));
  CHECK(ICA(W, laplace_sources).log_px(constant(x)).item() == Approx(of_laplace).epsilon(1e-12));
  CHECK(ICA(W, logistic_sources).log_px(constant(x)).item() == Approx(of_logistic).epsilon(1e-12));
  const Array turned = array({2, 2}, {0, -3, 0.5, 0});  // the other sign of the determinant
  CHECK(ICA(turned, laplace_sources).log_px(constant(x)).item() == Approx(of_laplace).epsilon(1e-12));
}

// For Laplace sources ∇L WᵀW = (I − 1/N Σ sign(s) sᵀ) W.
TEST_CASE("ica: the natural gradient in its closed form, without an inverse") {
  const Array x = random_array({40, 3}, 5);
  ICA model(some_A(), laplace_sources);
  Array s, expected = some_A();
  {
    Evaluation scope;
    s = model.sources(constant(x)).value();
  }
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 3; ++k) {
        double product = 0;
        for (std::size_t n = 0; n < 40; ++n) product += (s(n, i) > 0 ? 1 : -1) * s(n, k) / 40;
        expected(i, j) += 0.3 * ((i == k) - product) * some_A()(k, j);
      }
  model.natural_gradient_step(x, 0.3);
  for (std::size_t i = 0; i < 9; ++i)
    CHECK(model.W.value().data()[i] == Approx(expected.data()[i]).epsilon(1e-12));
}

TEST_CASE("ica: the distance of Amari is 0 for permutations with scales, and 1 at most") {
  const Array I = array({2, 2}, {1, 0, 0, 1});
  CHECK(amari_distance(I, array({2, 2}, {0, -3, 0.2, 0})) == 0);
  CHECK(amari_distance(array({2, 2}, {1, 1, 1, -1}), I) == 1);
  CHECK(amari_distance(array({2, 2}, {1, 0.5, 0, 1}), I) == Approx(0.25));
  // P = (2, 1; 1.5, 6): beyond their largest, rows have 1/2 and 1/4, columns 3/4 and 1/6
  CHECK(amari_distance(array({2, 2}, {2, 0, 0, 3}), array({2, 2}, {1, 0.5, 0.5, 2})) ==
        Approx((0.5 + 0.25 + 0.75 + 1 / 6.0) / 4));
}

TEST_CASE("ica: whitened data have the covariance I") {
  Evaluation scope;
  const Array x = mixed(normal(Stream(), {50, 3}));
  const PrincipalComponents data(x);
  const Var s = ICA(whitening(data), normal_sources).sources(constant(x) - constant(data.mean));
  const Array C = (matmul(s, s, true) / 50).value();
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) CHECK(C(i, j) == Approx(i == j).margin(1e-12));
}

TEST_CASE("ica: sources with heavy tails are unmixed, which second moments cannot, and normal ones are not") {
  const std::size_t N = 3000;
  Array s;
  {
    Evaluation scope;
    s = laplace_sources({N, 3})->sample(Stream());
  }
  const Array x = mixed(s), of_normals = mixed(normal(Stream(), {N, 3}));
  for (const Sources p : {laplace_sources, logistic_sources}) {
    const ICA model = fitted(x, p);
    CHECK(amari_distance(model.W.value(), some_A()) < 0.04);
    Evaluation scope;
    CHECK(mean(model.log_px(constant(x))).item() >
          mean(ICA(whitening(PrincipalComponents(x)), p).log_px(constant(x))).item() + 0.01);
  }
  CHECK(amari_distance(whitening(PrincipalComponents(x)), some_A()) > 0.15);
  CHECK(amari_distance(fitted(of_normals, laplace_sources).W.value(), some_A()) > 0.15);
}

TEST_CASE("ica: other shapes are refused") {
  CHECK_THROWS_AS(ICA(zeros({2, 3}), laplace_sources), std::invalid_argument);
  CHECK_THROWS_AS(ICA(zeros({4}), laplace_sources), std::invalid_argument);
  CHECK_THROWS_AS(amari_distance(zeros({2, 2}), zeros({3, 3})), std::invalid_argument);
  CHECK_THROWS_AS(amari_distance(full({1, 1}, 1), full({1, 1}, 1)), std::invalid_argument);
  Evaluation scope;
  CHECK_THROWS_AS(ICA(zeros({2, 2}), laplace_sources).log_px(constant(zeros({1, 2}))), std::domain_error);
  CHECK_THROWS_AS(ICA(full({2, 2}, 1), laplace_sources).log_px(constant(zeros({1, 3}))),
                  std::invalid_argument);
}
