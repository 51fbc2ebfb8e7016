// With the pixels as latents the bound is the autoregressive log-likelihood, exactly, with its gradient.
#include "vae/exact/pixels_as_latents.h"

#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/elbo.h"
#include "vae/exact/enumeration.h"

using namespace vae;

TEST_CASE("pixels_as_latents: the bound, and every weight, is the autoregressive log-likelihood, to 1e-12") {
  Evaluation scope;
  PixelsAsLatents model(4, Stream());
  const Array x = all_bits(4);

  // Σ_t log p(x_t|x_<t), written out.
  std::vector<Array> C, c;
  for (const auto& [name, parameter] : model.parameters())
    (name.find("bias") == std::string::npos ? C : c).push_back(parameter->value());
  std::vector<double> truth;
  for (std::size_t i = 0; i < 16; ++i) {
    truth.push_back(0);
    for (std::size_t t = 0; t < 4; ++t) {
      double logit = c[t](0);
      for (std::size_t s = 0; s < t; ++s) logit += C[t - 1](0, s) * x(i, s);
      truth[i] -= std::log1p(std::exp(x(i, t) > 0 ? -logit : logit));
    }
  }

  const Array log_px = model.log_px(constant(x)).value(),
              w = log_weights(model, constant(x), 2, Stream()).value();
  for (std::size_t i = 0; i < 16; ++i) CHECK(log_px(i) == Approx(truth[i]).epsilon(1e-12));
  for (std::size_t r = 0; r < 32; ++r) CHECK(w(r) == Approx(truth[r % 16]).epsilon(1e-12));
  for (const KLForm form : {KLForm::analytic, KLForm::monte_carlo}) {
    const Bound bound = elbo(model, constant(x), 1, form, Stream());
    CHECK(bound.kl_per_level.size() == 4);
    for (std::size_t i = 0; i < 16; ++i) {
      CHECK(bound.elbo.value()(i) == Approx(truth[i]).epsilon(1e-12));
      CHECK(bound.reconstruction.value()(i) == 0);
    }
  }
  CHECK(sum(exp(model.log_px(constant(x)))).item() == Approx(1).epsilon(1e-13));
}

TEST_CASE("pixels_as_latents: the gradient of the bound is that of log p(x)") {
  PixelsAsLatents model(4, Stream());
  const Array x = take_rows(all_bits(4), {3, 5, 12});
  Step step;
  const Gradients of_bound = backward(sum(log_weights(model, constant(x), 1, Stream())));
  const Gradients of_log_px = backward(sum(model.log_px(constant(x))));
  for (const auto& [name, parameter] : model.parameters()) {
    const Array a = of_bound[*parameter], b = of_log_px[*parameter];
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a.data()[i] == Approx(b.data()[i]).epsilon(1e-12));
    CHECK(std::abs(b.data()[0]) > 0);
  }
}

TEST_CASE("pixels_as_latents: images that are generated have their probabilities") {
  constexpr std::size_t rows = 20000;
  Evaluation scope;
  const PixelsAsLatents model(3, Stream());
  const Array x = decode(model, generate(model, rows, Stream()))->sample(Stream().at(Purpose::output)),
              log_px = model.log_px(constant(all_bits(3))).value();
  std::vector<double> counts(8, 0.0), expected;
  for (std::size_t i = 0; i < rows; ++i) ++counts[std::size_t(4 * x(i, 0) + 2 * x(i, 1) + x(i, 2))];
  for (std::size_t k = 0; k < 8; ++k) expected.push_back(rows * std::exp(log_px(k)));
  CHECK(counts_agree(counts, expected));
  CHECK_THROWS_AS(PixelsAsLatents(0, Stream()), std::invalid_argument);
}
