// The linear-Gaussian hierarchy against itself by other ways: log p(x) by the weights of a posterior that is
// exact, the bound's expectation by averages and by the identity log p(x) = bound + KL(q ‖ p(z|x)), samples
// by the joint moments. Statistical checks reject a true value with probability 1e-6 each; seeds are fixed.
#include "vae/exact/linear_gaussian.h"

#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/evidence/importance.h"

using namespace vae;

namespace {

const std::vector<LinearGaussianSizes> all_sizes = {
    {3, {2}, Covariance::isotropic, Covariance::full},
    {4, {3}, Covariance::diagonal, Covariance::full},
    {3, {2}, Covariance::isotropic, Covariance::diagonal},
    {3, {2, 1, 2}, Covariance::diagonal, Covariance::full},
    {2, {1, 1, 1, 1}, Covariance::isotropic, Covariance::full},
};

Array data(std::size_t D) { return normal(Stream().at_epoch(77), {4, D}); }

}  // namespace

TEST_CASE("linear_gaussian: with the posterior as q, every weight and every bound is log p(x), to 1e-12") {
  Evaluation scope;
  for (const LinearGaussianSizes& sizes : all_sizes) {
    LinearGaussian model(sizes, Stream());
    const Var x = constant(data(sizes.pixels));
    const Array truth = model.log_px(x).value();
    const auto check_all = [&](const Model& m) {
      const Array w = log_weights(m, x, 3, Stream()).value();
      for (std::size_t r = 0; r < 12; ++r) CHECK(w(r) == Approx(truth(r % 4)).epsilon(1e-12));
    };
    check_all(AtPosterior(model));
    if (sizes.posterior == Covariance::diagonal) continue;
    model.set_posterior_exact();
    check_all(model);
    const Array bound = model.expected_bound(x).elbo.value();
    for (std::size_t i = 0; i < 4; ++i) CHECK(bound(i) == Approx(truth(i)).epsilon(1e-12));
  }
}

TEST_CASE(
    "linear_gaussian: the expected bound is the average of its estimates, term by term and level by level") {
  Evaluation scope;
  for (const LinearGaussianSizes& sizes : all_sizes) {
    const LinearGaussian model(sizes, Stream());
    const Array x = take_rows(data(sizes.pixels), std::vector<std::size_t>(5000, 1));
    const Bound truth = model.expected_bound(constant(take_rows(data(sizes.pixels), {1})));
    for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
      const Bound found = elbo(model, constant(x), 1, form, Stream());
      CHECK(average(values_of(found.reconstruction.value())).agrees_with(truth.reconstruction.item()));
      for (std::size_t t = 0; t < model.levels(); ++t) {
        const Array kl_t = found.kl_per_level[t].value();
        if (t == 0 && form == KLForm::analytic)
          CHECK(kl_t(0) == Approx(truth.kl_per_level[0].item()).epsilon(1e-12));
        else
          CHECK(average(values_of(kl_t)).agrees_with(truth.kl_per_level[t].item()));
      }
    }
  }
}

TEST_CASE("linear_gaussian: what the mean field misses is half of sum log P_ii - log det P, to 1e-12") {
  Evaluation scope;
  LinearGaussian model({4, {3}, Covariance::diagonal, Covariance::diagonal}, Stream());
  const Var x = constant(data(4));
  model.set_posterior_exact();
  // P = I + WᵀΨ⁻¹W
  Array precision = zeros({3, 3}), W, log_var;
  for (const auto& [name, parameter] : model.parameters()) {
    if (name == "decoder.weight") W = parameter->value();
    if (name == "decoder.log_var") log_var = parameter->value();
  }
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      precision(i, j) = i == j;
      for (std::size_t d = 0; d < 4; ++d) precision(i, j) += W(d, i) * W(d, j) * std::exp(-log_var(d));
    }
    sum += std::log(precision(i, i));
  }
  const double gap = 0.5 * (sum - logdet(constant(precision)).item());
  CHECK(gap > 0.05);
  const Array truth = model.log_px(x).value(), bound = model.expected_bound(x).elbo.value();
  for (std::size_t i = 0; i < 4; ++i) CHECK(truth(i) - bound(i) == Approx(gap).epsilon(1e-11));
}

TEST_CASE("linear_gaussian: z and x drawn from the model have the joint mean and covariance") {
  constexpr std::size_t rows = 20000;
  Evaluation scope;
  const LinearGaussian model({3, {2, 1}, Covariance::diagonal, Covariance::full}, Stream());
  const Latents z = generate(model, rows, Stream().at(Purpose::prior));
  const Array x = decode(model, z)->sample(Stream().at(Purpose::output));
  const Array u = concat({z[0], z[1], constant(x)}, 1).value();
  const LinearGaussian::Joint truth = model.joint();
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      std::vector<double> values, products;
      for (std::size_t r = 0; r < rows; ++r) {
        values.push_back(u(r, i));
        products.push_back((u(r, i) - truth.mean.value()(0, i)) * (u(r, j) - truth.mean.value()(0, j)));
      }
      CHECK(average(values).agrees_with(truth.mean.value()(0, i)));
      CHECK(average(products).agrees_with(truth.covariance.value()(i, j)));
    }
}

TEST_CASE("linear_gaussian: sizes that make no sense are refused") {
  CHECK_THROWS_AS(LinearGaussian({0, {2}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(LinearGaussian({3, {}}, Stream()), std::invalid_argument);
  CHECK_THROWS_AS(LinearGaussian({3, {2}, Covariance::full}, Stream()), std::invalid_argument);
  LinearGaussian field({3, {1, 1}, Covariance::isotropic, Covariance::diagonal}, Stream());
  CHECK_THROWS_AS(field.set_posterior_exact(), std::logic_error);
}
