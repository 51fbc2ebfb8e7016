// Inference per datum on linear-Gaussian models, where the best mean field and log p(x) are known.
#include "vae/inference/local.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "vae/exact/linear_gaussian.h"

using namespace vae;

namespace {

Array data(std::size_t pixels) { return normal(Stream().at_epoch(77), {3, pixels}); }

}  // namespace

// The ascent ends within 0.01 nats; the rest is the error of the averages.
TEST_CASE("local: from any q it comes to the best mean field") {
  LinearGaussian model({4, {3}, Covariance::diagonal, Covariance::diagonal}, Stream());
  const Array x = data(4);
  Evaluation scope;
  const Array amortized = model.expected_bound(constant(x)).elbo.value();
  const LocalBound found = local_bound(model, x, {}, Stream());
  model.set_posterior_exact();
  const Array best = model.expected_bound(constant(x)).elbo.value();
  for (std::size_t i = 0; i < 3; ++i) {
    INFO(found.amortized[i] << " -> " << found.local[i] << " +- " << found.gap_error[i] << ", best "
                            << best(i));
    const double slack = 4.9 * found.gap_error[i];
    CHECK(best(i) - amortized(i) > 0.5);
    CHECK(std::abs(found.amortized[i] - amortized(i)) < slack);
    CHECK(found.local[i] < best(i) + slack);
    CHECK(found.local[i] > best(i) - 0.01 - slack);
    CHECK(found.local[i] - found.amortized[i] > slack);
  }
}

TEST_CASE("local: with one latent the best normal is the posterior, and the bound log p(x)") {
  LinearGaussian model({3, {1}, Covariance::isotropic, Covariance::diagonal}, Stream());
  const Array x = data(3);
  const LocalBound found = local_bound(model, x, {1000, 10, 0.05, 200}, Stream());
  Evaluation scope;
  const Array truth = model.log_px(constant(x)).value();
  std::vector<double> errors;
  for (std::size_t i = 0; i < 3; ++i) errors.push_back(std::abs(found.local[i] - truth(i)));
  std::sort(errors.begin(), errors.end());
  CHECK(errors[2] < 0.01);
  CHECK(errors[1] < 1e-3);  // 3e-3 at a rate that does not fall
}

TEST_CASE("local: before the first step q is the amortized one, of several levels too") {
  LinearGaussian model({3, {2, 1}, Covariance::isotropic, Covariance::diagonal}, Stream());
  const LocalPosterior local(model, 3);
  Evaluation scope;
  const Var x = constant(data(3));
  const Array a = elbo(model, x, 2, KLForm::monte_carlo, Stream()).elbo.value(),
              b = elbo(local, x, 2, KLForm::monte_carlo, Stream()).elbo.value();
  for (std::size_t i = 0; i < 3; ++i) CHECK(a(i) == Approx(b(i)).epsilon(1e-12));
}

TEST_CASE("local: of several levels the bound rises, and stays below log p(x); the model is as it was") {
  LinearGaussian model({3, {2, 1}, Covariance::isotropic, Covariance::full}, Stream());
  const Array x = data(3);
  std::vector<Array> before;
  for (const auto& [name, parameter] : model.parameters()) before.push_back(parameter->value());
  const LocalBound found = local_bound(model, x, {200, 10, 0.05, 500}, Stream());
  std::size_t k = 0;
  for (const auto& [name, parameter] : model.parameters()) CHECK(same(parameter->value(), before[k++]));
  Evaluation scope;
  const Array truth = model.log_px(constant(x)).value();
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(found.local[i] - found.amortized[i] > 4.9 * found.gap_error[i]);
    CHECK(found.local[i] < truth(i));
  }
}

TEST_CASE("local: no steps and no samples are refused") {
  LinearGaussian model({3, {2}}, Stream());
  CHECK_THROWS_AS(local_bound(model, data(3), {0, 1}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(local_bound(model, data(3), {1, 0}, Stream()), std::invalid_argument);
}
