// The bounds of weighted samples, on linear-Gaussian models, where log w and log q are quadratic in z, so
// that E_q[ wˢ ] is a Gaussian integral. Statistical checks reject a true value with probability 1e-6 each;
// seeds are fixed.
#include "vae/bounds/renyi.h"

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/exact/nearly_exact.h"

using namespace vae;

namespace {

const std::vector<std::vector<std::size_t>> renyi_latents = {{2}, {2, 1, 1}};
const Array one_datum = array({1, 3}, {0.7, -1.1, 0.4});

// log E_q[ wˢ ] = log ∫ exp f(z) dz, f = s log w + log q, from f at 0, ±e_i and e_i + e_j: with
// f = c + gᵀz − ½ zᵀPz it is c + ½ gᵀP⁻¹g + ½ log |2π P⁻¹|. std::domain_error if it is infinite.
double log_moment(const LinearGaussian& model, const std::vector<std::size_t>& latent, double s) {
  Evaluation scope;
  std::size_t Z = 0;
  for (const std::size_t size : latent) Z += size;
  const auto f = [&](const std::vector<double>& z) {
    Latents given;
    std::size_t first = 0;
    for (const std::size_t size : latent) {
      Array part = empty({1, size});
      for (std::size_t i = 0; i < size; ++i) part(0, i) = z[first + i];
      given.push_back(constant(part));
      first += size;
    }
    const double log_q = log_posterior(model, constant(one_datum), given).item();
    return s * (log_joint(model, constant(one_datum), given).item() - log_q) + log_q;
  };
  std::vector<double> z(Z);
  const double c = f(z);
  Array P = zeros({Z, Z}), g = zeros({Z, 1});
  for (std::size_t i = 0; i < Z; ++i) {
    z[i] = 1;
    const double above = f(z);
    z[i] = -1;
    const double below = f(z);
    z[i] = 0;
    g(i, 0) = (above - below) / 2;
    P(i, i) = 2 * c - above - below;
  }
  for (std::size_t i = 0; i < Z; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      z[i] = z[j] = 1;
      P(i, j) = P(j, i) = c + g(i, 0) + g(j, 0) - (P(i, i) + P(j, j)) / 2 - f(z);
      z[i] = z[j] = 0;
    }
  const Var inverse_P = inverse(constant(P));
  return c + 0.5 * sum(constant(g) * matmul(inverse_P, constant(g))).item() +
         0.5 * (double(Z) * std::log(2 * M_PI) - logdet(constant(P)).item());
}

// L_α, exactly.
double exact_renyi(const LinearGaussian& model, const std::vector<std::size_t>& latent, double alpha) {
  Evaluation scope;
  if (alpha == 1) return model.expected_bound(constant(one_datum)).elbo.item();
  return log_moment(model, latent, 1 - alpha) / (1 - alpha);
}

Array weights_of(const Model& model, std::size_t count) {
  Evaluation scope;
  return log_weights(model, constant(one_datum), count, Stream()).value();
}

double bound_of(const Array& log_w, double alpha) {
  Evaluation scope;
  return renyi_bound(constant(log_w), log_w.size(), alpha).item();
}

}  // namespace

TEST_CASE("renyi: of weights by hand, and column by column") {
  Evaluation scope;
  // Weights 1, 4 of the first datum and 9, 25 of the second.
  const Var log_w = constant(array({4}, {0, std::log(9.), std::log(4.), std::log(25.)}));
  const auto check = [&](const Var& found, double first, double second) {
    CHECK(found.shape() == Shape{2});
    CHECK(found.value()(0) == Approx(std::log(first)).epsilon(1e-14));
    CHECK(found.value()(1) == Approx(std::log(second)).epsilon(1e-14));
  };
  check(importance_weighted_bound(log_w, 2), 2.5, 17);
  check(renyi_bound(log_w, 2, 0), 2.5, 17);
  check(renyi_bound(log_w, 2, 1), 2, 15);
  check(renyi_bound(log_w, 2, 0.5), 1.5 * 1.5, 4 * 4);
  check(renyi_bound(log_w, 2, 2), 1 / ((1 + 0.25) / 2), 1 / ((1 / 9. + 1 / 25.) / 2));
  check(chi_upper_bound(log_w, 2, 1), 2.5, 17);
  check(chi_upper_bound(log_w, 2, 2), std::sqrt(8.5), std::sqrt(353.));
  CHECK(renyi_bound(log_w, 2, 1 - 1e-7).value()(1) == Approx(std::log(15)).epsilon(1e-6));
}

TEST_CASE("renyi: weights of e^±1000, and of 0") {
  Evaluation scope;
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(importance_weighted_bound(constant(array({2}, {-1000, -1002})), 2).item() ==
        Approx(-1000 + std::log((1 + std::exp(-2.)) / 2)).epsilon(1e-14));
  CHECK(chi_upper_bound(constant(array({2}, {1000, 1002})), 2, 2).item() ==
        Approx(1002 + std::log((1 + std::exp(-4.)) / 2) / 2).epsilon(1e-14));
  CHECK(importance_weighted_bound(constant(array({2}, {-inf, 3})), 2).item() ==
        Approx(3 - std::log(2.)).epsilon(1e-14));
  CHECK(renyi_bound(constant(array({2}, {-inf, 3})), 2, 1).item() == -inf);
}

TEST_CASE("renyi: at q = p(z|x) every bound is log p(x), to 1e-12") {
  for (const auto& latent : renyi_latents) {
    LinearGaussian model({3, latent, Covariance::diagonal, Covariance::full}, Stream());
    const Array log_w = weights_of(AtPosterior(model), 5);
    Evaluation scope;
    const double log_px = model.log_px(constant(one_datum)).item();
    for (const double alpha : {1.0, 0.5, 0.0, -1.0, -4.0, 3.0})
      CHECK(bound_of(log_w, alpha) == Approx(log_px).epsilon(1e-12));
  }
}

// By the delta method the standard error of log Σ w^(1−α) / K is that of the average over the average.
TEST_CASE("renyi: 100000 samples come within the standard error of the exact bound, which falls with alpha") {
  for (const auto& latent : renyi_latents) {
    const LinearGaussian model = nearly_exact(3, latent);
    const Array log_w = weights_of(model, 100000);
    double above = std::numeric_limits<double>::infinity();
    for (const double alpha : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      const double exact = exact_renyi(model, latent, alpha), found = bound_of(log_w, alpha);
      std::vector<double> powers;
      for (const double v : log_w) powers.push_back(alpha == 1 ? v : std::exp((1 - alpha) * (v - found)));
      const Average a = average(powers);
      const double error = alpha == 1 ? a.error : a.error / std::abs(1 - alpha);
      INFO(latent.size() << " levels, alpha " << alpha << ": " << found << " +- " << error << ", exactly "
                         << exact);
      CHECK(std::abs(found - exact) < 4.9 * error);
      CHECK(error < 0.02);
      CHECK(exact < above - 0.01);
      above = exact;
    }
    Evaluation scope;
    const double log_px = model.log_px(constant(one_datum)).item();
    CHECK(exact_renyi(model, latent, 0) == Approx(log_px).epsilon(1e-10));
    CHECK(exact_renyi(model, latent, -1) > log_px);
    CHECK(exact_renyi(model, latent, 0.5) < log_px);
  }
}

// E of the estimate over K samples rises with K from the ELBO (K = 1) to log p(x), and 5 samples of CUBO_2,
// whose limit lies above log p(x), are on average below it.
TEST_CASE("renyi: the importance-weighted bound rises with K; CUBO of few samples is no upper bound") {
  const std::vector<std::size_t> latent = {2, 1, 1};
  const LinearGaussian model = nearly_exact(3, latent);
  const Array log_w = weights_of(model, 100000);
  Evaluation scope;
  const double log_px = model.log_px(constant(one_datum)).item();
  const auto estimates = [&](std::size_t K, double alpha) {
    return average(values_of(renyi_bound(constant(log_w), K, alpha).value()));
  };
  CHECK(estimates(1, 0).agrees_with(exact_renyi(model, latent, 1)));
  CHECK(estimates(1, -1).agrees_with(exact_renyi(model, latent, 1)));
  double below = exact_renyi(model, latent, 1);
  for (const std::size_t K : {2u, 5u, 20u}) {
    const Average a = estimates(K, 0);
    CHECK(a.mean > below + 4.9 * a.error);
    CHECK(a.mean < log_px);
    below = a.mean;
  }
  const Average few = average(values_of(chi_upper_bound(constant(log_w), 2, 2).value()));
  CHECK(exact_renyi(model, latent, -1) > log_px + 0.05);
  CHECK(few.mean < log_px - 4.9 * few.error);
}

TEST_CASE("renyi: what makes no sense is refused") {
  Evaluation scope;
  const Var log_w = constant(zeros({6}));
  CHECK_THROWS_AS(renyi_bound(log_w, 0, 0), std::invalid_argument);
  CHECK_THROWS_AS(importance_weighted_bound(log_w, 4), std::invalid_argument);
  CHECK_THROWS_AS(importance_weighted_bound(constant(zeros({2, 3})), 2), std::invalid_argument);
  CHECK_THROWS_AS(chi_upper_bound(log_w, 2, 0.5), std::domain_error);
}
