// Maximum likelihood of probabilistic PCA: the closed form is a maximum, EM rises to it, the trained linear
// VAE reaches it, and the latents that collapse are those that were predicted.
#include "vae/exact/ppca.h"

#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "autograd/ops/symmetric_eigen.h"
#include "nn/optimizers/adam.h"
#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "vae/diagnosis/active_units.h"

using namespace vae;

namespace {

// N correlated data of 5 pixels, whose covariance has eigenvalues near 6, 3, 0.6, 0.4 and 0.3, with mean 2.
Array correlated(std::size_t N) {
  Evaluation scope;
  const Array variances = array({5}, {6, 3, 0.6, 0.4, 0.3});
  const Var u = constant(random_array({5, 5}, 40));
  const Array rotation = symmetric_eigen((u + transpose(u)).value()).vectors;
  return (2 + matmul(constant(random_array({N, 5}, 41)) * sqrt(constant(variances)), constant(rotation)))
      .value();
}

double mean_log_px(const LinearGaussian& model, const Array& x) {
  Evaluation scope;
  return mean(model.log_px(constant(x))).item();
}

double mean_bound(const LinearGaussian& model, const Array& x) {
  Evaluation scope;
  return mean(model.expected_bound(constant(x)).elbo).item();
}

// The largest slope of the mean of f over the data in a parameter whose name begins so.
double largest_slope(LinearGaussian& model, const std::string& prefix, const std::function<Var()>& f) {
  Step step;
  const Gradients g = backward(mean(f()));
  double largest = 0;
  for (const auto& [name, parameter] : model.parameters())
    if (name.compare(0, prefix.size(), prefix) == 0)
      for (const Real v : values_of(g[*parameter])) largest = std::max(largest, std::abs(double(v)));
  return largest;
}

LinearGaussian trained(const LinearGaussianSizes& sizes, const Array& x, const char* fixed,
                       std::size_t steps) {
  LinearGaussian model(sizes, Stream());
  nn::NamedParameters learned;
  for (const auto& named : model.parameters())
    if (named.first != fixed)
      learned.push_back(named);
    else
      named.second->update().fill(0);
  nn::Adam adam(learned, 0.02);
  for (std::size_t s = 0; s < steps; ++s) {
    adam.alpha = 0.02 * (1 - double(s) / double(steps));
    Step step;
    adam.step(backward(
        -mean(elbo(model, constant(x), 1, KLForm::analytic, Stream().at_epoch(std::uint32_t(s))).elbo)));
  }
  return model;
}

}  // namespace

TEST_CASE("ppca: the closed form has the log p(x) that it says, and nothing near it has more") {
  const Array x = correlated(200);
  const PrincipalComponents data(x);
  for (const std::size_t q : {1u, 2u, 4u}) {
    LinearGaussian model({5, {q}}, Stream());
    set_maximum_likelihood(model, data);
    const double best = maximum_log_px(data, q);
    CHECK(mean_log_px(model, x) == Approx(best).epsilon(1e-12));
    CHECK(largest_slope(model, "decoder", [&] { return model.log_px(constant(x)); }) < 1e-12);
    // The posterior is within the family of q: then the bound is log p(x).
    model.set_posterior_exact();
    CHECK(mean_bound(model, x) == Approx(best).epsilon(1e-12));
    for (std::uint32_t which = 0; which < 10; ++which) {
      LinearGaussian moved = model;
      for (const auto& [name, parameter] : moved.parameters()) {
        const Array noise = random_array(parameter->shape(), 50 + which);
        for (std::size_t i = 0; i < noise.size(); ++i)
          parameter->update().data()[i] += 0.05 * noise.data()[i];
      }
      CHECK(mean_log_px(moved, x) < best);
    }
  }
}

TEST_CASE("ppca: at a given noise variance the closed form is stationary in W and b") {
  const Array x = correlated(200);
  for (const double sigma2 : {0.1, 1.0, 4.0}) {
    LinearGaussian model({5, {3}}, Stream());
    set_maximum_likelihood(model, PrincipalComponents(x), sigma2);
    for (const char* name : {"decoder.weight", "decoder.bias"})
      CHECK(largest_slope(model, name, [&] { return model.log_px(constant(x)); }) < 1e-12);
  }
}

TEST_CASE("ppca: the M-step is the maximum of the bound over theta with q fixed") {
  const Array x = correlated(50);
  for (const Covariance noise : {Covariance::isotropic, Covariance::diagonal})
    for (const Covariance posterior : {Covariance::full, Covariance::diagonal}) {
      LinearGaussian model({5, {2}, noise, posterior}, Stream());
      const double before = mean_bound(model, x);
      maximize_over_theta(model, x);
      CHECK(mean_bound(model, x) > before);
      CHECK(largest_slope(model, "decoder", [&] { return model.expected_bound(constant(x)).elbo; }) < 1e-10);
    }
}

TEST_CASE("ppca: exact EM never lowers log p(x), and ends at the maximum") {
  const Array x = correlated(200);
  const double best = maximum_log_px(PrincipalComponents(x), 2);
  for (const Covariance noise : {Covariance::isotropic, Covariance::diagonal}) {
    LinearGaussian model({5, {2}, noise}, Stream());
    double last = mean_log_px(model, x);
    for (int k = 0; k < 1000; ++k) {
      em_step(model, x);
      const double now = mean_log_px(model, x);
      if (!(now >= last - 1e-12)) CHECK(now >= last);
      last = now;
    }
    if (noise == Covariance::isotropic)
      CHECK(last == Approx(best).epsilon(1e-9));
    else
      CHECK(last > best);  // factor analysis has more parameters
    CHECK(largest_slope(model, "decoder", [&] { return model.log_px(constant(x)); }) < 1e-3);
  }
}

TEST_CASE("ppca: variational EM with a mean field never lowers the bound, and the bound becomes tight") {
  const Array x = correlated(200);
  LinearGaussian model({5, {2}, Covariance::isotropic, Covariance::diagonal}, Stream());
  double last = -infinity, first_gap = 0;
  for (int k = 0; k < 600; ++k) {
    model.set_posterior_exact();
    const double after_E = mean_bound(model, x);
    if (k == 0) first_gap = mean_log_px(model, x) - after_E;
    maximize_over_theta(model, x);
    const double after_M = mean_bound(model, x);
    if (!(after_E >= last - 1e-12 && after_M >= after_E - 1e-12)) CHECK(after_M >= last);
    last = after_M;
  }
  CHECK(first_gap > 1e-2);
  // The columns of W turn until they are orthogonal, so that the mean field misses nothing.
  CHECK(last == Approx(maximum_log_px(PrincipalComponents(x), 2)).margin(1e-4));
}

TEST_CASE(
    "ppca: the linear VAE, trained by the bound from random weights, reaches the maximum to 1e-2 nats") {
  const Array x = correlated(200);
  const double best = maximum_log_px(PrincipalComponents(x), 2);
  for (const Covariance posterior : {Covariance::full, Covariance::diagonal}) {
    const LinearGaussian model = trained({5, {2}, Covariance::isotropic, posterior}, x, "", 2000);
    INFO(mean_log_px(model, x) << " and a bound of " << mean_bound(model, x) << ", for " << best);
    CHECK(mean_log_px(model, x) <= best);
    CHECK(mean_log_px(model, x) > best - 1e-2);
    CHECK(mean_bound(model, x) > best - 1e-2);
  }
}

TEST_CASE("ppca: with the noise variance held at 1, as many latents collapse as variances are below it") {
  const Array x = correlated(200);
  const PrincipalComponents data(x);
  CHECK(predicted_collapse(data, 4, 1) == std::vector<bool>{false, false, true, true});
  CHECK(predicted_collapse(data, 4, 0.01) == std::vector<bool>{false, false, false, false});
  const LinearGaussian model =
      trained({5, {4}, Covariance::isotropic, Covariance::diagonal}, x, "decoder.log_var", 2000);
  CHECK(active_units(model, x, 1, Stream()) == std::vector<std::size_t>{2});
  // The mean of log p(x) is that of the maximum at this variance.
  LinearGaussian exact({5, {4}}, Stream());
  set_maximum_likelihood(exact, data, 1);
  CHECK(mean_log_px(model, x) == Approx(mean_log_px(exact, x)).margin(1e-2));
}

TEST_CASE("ppca: models and data that have no such maximum are refused") {
  const Array x = correlated(20);
  const PrincipalComponents data(x);
  LinearGaussian two_levels({5, {1, 1}}, Stream()), factors({5, {2}, Covariance::diagonal}, Stream()),
      as_many({5, {5}}, Stream()), other({4, {2}}, Stream()), good({5, {2}}, Stream());
  for (LinearGaussian* model : {&two_levels, &factors, &as_many, &other})
    CHECK_THROWS_AS(set_maximum_likelihood(*model, data), std::invalid_argument);
  CHECK_THROWS_AS(set_maximum_likelihood(good, data, 0), std::invalid_argument);
  CHECK_THROWS_AS(em_step(two_levels, x), std::invalid_argument);
  CHECK_THROWS_AS(PrincipalComponents(zeros({0, 3})), std::invalid_argument);
  CHECK_THROWS_AS(PrincipalComponents(zeros({3})), std::invalid_argument);
}
