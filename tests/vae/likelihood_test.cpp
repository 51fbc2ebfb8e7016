// Likelihoods, and the decoder: its output distributions and its start at the data. Statistical checks reject
// correct samples with probability 1e-6 each; seeds are fixed.
#include "vae/likelihood.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/optimizers/adam.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/linear_gaussian.h"
#include "tests/vae/small_vae.h"
#include "vae/elbo.h"
#include "vae/exact/ppca.h"
#include "vae/vae.h"

using namespace vae;
namespace lg = linear_gaussian;

TEST_CASE(
    "likelihood: a Bernoulli starts at the logits of the data's mean, which is clipped to [.001, .999]") {
  VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  model.start_at(array({2, 6}, {0, 1, 0.5, 0, 0.2, 1, 0, 1, 0.5, 1, 0.4, 0.6}));
  const std::vector<Real> bias = values_of(lg::named(model, "decoder.2.bias").value());
  const std::vector<double> expected = {std::log(0.001 / 0.999), std::log(999.0), 0, 0,
                                        std::log(0.3 / 0.7),     std::log(4.0)};
  for (std::size_t i = 0; i < 6; ++i) CHECK(bias[i] == Approx(expected[i]).margin(1e-14));
}

TEST_CASE("likelihood: a Gaussian starts at the data's mean and its deviation from it") {
  VAE model(small_vae(LikelihoodKind::gaussian), Stream());
  model.start_at(array({2, 6}, {1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 7, 8}));
  CHECK(values_of(lg::named(model, "decoder.2.bias").value()) == std::vector<Real>{2, 3, 4, 5, 6, 7});
  CHECK(lg::named(model, "decoder.log_std").value()(0) == Approx(0).margin(1e-14));
  model.start_at(full({3, 6}, 0.25));  // no deviation: σ = 0.001, not 0
  CHECK(lg::named(model, "decoder.log_std").value()(0) == Approx(std::log(1e-3)));
}

TEST_CASE("likelihood: sigma is one number, one for each pixel, or fixed and no parameter") {
  Architecture a = small_vae(LikelihoodKind::gaussian);
  const auto log_stds = [&](SigmaKind kind) {
    a.sigma = kind, a.fixed_sigma = 0.5;
    VAE model(a, Stream());
    model.start_at(array({2, 6}, {1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 7, 16}));  // deviations 1, 1, 1, 1, 1, 5
    std::size_t found = 0;
    for (const auto& [name, parameter] : model.parameters()) found += name == "decoder.log_std";
    CHECK(found == (kind == SigmaKind::fixed ? 0 : 1));
    Evaluation scope;
    return values_of((0.5 * normal_of(model.decode(constant(zeros({1, 2})))).log_var).value());
  };
  for (const Real v : log_stds(SigmaKind::learned)) CHECK(v == Approx(0.5 * std::log(5.0)));
  for (const Real v : log_stds(SigmaKind::optimal)) CHECK(v == Approx(0.5 * std::log(5.0)));
  for (const Real v : log_stds(SigmaKind::fixed)) CHECK(v == Approx(std::log(0.5)));
  {
    a.sigma = SigmaKind::pixels;
    VAE model(a, Stream());
    model.start_at(
        array({2, 6}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}));  // a pixel that varies, five that do not
    Evaluation scope;
    const auto log_vars = [&] { return normal_of(model.decode(constant(zeros({1, 2})))).log_var.value(); };
    CHECK(log_vars()(0, 5) == Approx(0).margin(1e-12));
    CHECK(log_vars()(0, 0) == Approx(std::log(1.0 / 60)));
    lg::named(model, "decoder.log_std").update()(0) = -100;
    CHECK(log_vars()(0, 0) == Approx(std::log(1e-4)));
  }
  const std::vector<Real> each = log_stds(SigmaKind::pixels);
  CHECK(each[0] == Approx(0).margin(1e-14));
  CHECK(each[5] == Approx(std::log(5.0)));
}

TEST_CASE("likelihood: the optimal sigma is the root of the mean square, whatever it was before") {
  Architecture a = small_vae(LikelihoodKind::gaussian);
  for (const SigmaKind kind : {SigmaKind::optimal, SigmaKind::learned}) {
    a.sigma = kind;
    VAE model(a, Stream());
    lg::named(model, "decoder.log_std").update()(0) = 1.7;
    Evaluation scope;
    const Var z = constant(normal(Stream(), {4, 2})), x = constant(uniform(Stream(), {4, 6}));
    const auto log_px = [&] { return double(mean(log_prob(model.decode(z), x)).item()); };
    const double before = log_px(), square_mean = double(mean(square(model.decode(z)->mean() - x)).item());
    model.maximize_sigma(before);
    const double log_std = double(lg::named(model, "decoder.log_std").value()(0));
    CHECK(log_std == Approx(kind == SigmaKind::optimal ? 0.5 * std::log(square_mean) : 1.7));
    if (kind == SigmaKind::learned) continue;
    const double best = log_px();
    CHECK(best > before);
    for (const double change : {-0.01, 0.01}) {
      lg::named(model, "decoder.log_std").update()(0) = Real(log_std + change);
      CHECK(log_px() < best);
    }
  }
}

TEST_CASE("likelihood: with it a linear VAE finds the noise of probabilistic PCA") {
  const std::size_t N = 200, D = 5;
  Array x = normal(Stream().at(Purpose::checking), {N, D});
  for (std::size_t i = 0; i < N; ++i) x(i, 0) *= 3, x(i, 1) *= 2;  // and three of deviation 1
  Architecture a;
  a.pixels = D, a.hidden = {}, a.latent = {2}, a.likelihood = LikelihoodKind::gaussian;
  a.sigma = SigmaKind::optimal;
  VAE model(a, Stream());
  model.start_at(x);
  nn::Adam adam(model.parameters());
  const std::size_t steps = 2000;
  for (std::uint32_t i = 0; i < steps; ++i) {
    Step step;
    adam.alpha = Real(0.02) * (1 - Real(i) / Real(steps));
    const Bound bound = elbo(model, constant(x), 4, KLForm::analytic, Stream().at_epoch(i));
    adam.step(backward(-mean(bound.elbo)));
    model.maximize_sigma(double(mean(bound.reconstruction).item()));
  }
  const double found = std::exp(2 * double(lg::named(model, "decoder.log_std").value()(0)));
  CHECK(found == Approx(PrincipalComponents(x).mean_of_rest(2)).epsilon(0.03));
}

TEST_CASE("likelihood: the output before training is the data's mean where z is 0") {
  Evaluation scope;
  VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  model.start_at(full({3, 6}, 0.25));
  const Array found = model.decode(constant(zeros({1, 2})))->mean().value();
  for (std::size_t i = 0; i < 6; ++i) CHECK(found(0, i) == Approx(0.25));
}

TEST_CASE(
    "likelihood: outputs of 256 levels sum to one, begin at the data, and draw levels with their "
    "probabilities") {
  for (const LikelihoodKind kind : {LikelihoodKind::logistic_mixture, LikelihoodKind::categorical}) {
    INFO(int(kind));
    Evaluation scope;
    Architecture a = small_vae(kind);
    a.pixels = 1;
    VAE model(a, Stream());
    // Half of the pixels are at level 40, the others at 200 and 201.
    Array data = empty({400, 1});
    for (std::size_t i = 0; i < 400; ++i) data(i, 0) = Real(i % 2 ? 40 : 200 + i / 2 % 2) / 255;
    model.start_at(data);
    const std::size_t draws = 20000;
    const auto p = [&](std::size_t rows) { return model.decode(constant(zeros({rows, 2}))); };  // z = 0
    Array levels = empty({256, 1});
    for (std::size_t v = 0; v < 256; ++v) levels(v, 0) = Real(v) / 255;
    const Array log_p = p(256)->log_prob(constant(levels)).value();
    double total = 0, mean = 0;
    std::vector<double> expected, counts(256, 0.0);
    for (std::size_t v = 0; v < 256; ++v) {
      total += std::exp(double(log_p(v))), mean += std::exp(double(log_p(v))) * double(v) / 255;
      expected.push_back(double(draws) * std::exp(double(log_p(v))));
    }
    CHECK(total == Approx(1).epsilon(1e-12));
    CHECK(p(1)->mean().item() == Approx(mean).epsilon(1e-10));
    CHECK(mean == Approx((40 + 200.5) / 2 / 255).margin(0.05));
    if (kind == LikelihoodKind::categorical)
      CHECK(expected[40] / double(draws) == Approx(201.0 / 656).epsilon(1e-10));
    const Array drawn = p(draws)->sample(Stream().at(Purpose::output));
    for (std::size_t r = 0; r < draws; ++r) {
      const double v = std::round(255 * double(drawn(r, 0)));
      CHECK_FALSE(std::abs(255 * double(drawn(r, 0)) - v) > 1e-6);
      ++counts[std::size_t(v)];
    }
    CHECK(counts_agree(counts, expected));
    CHECK(p(1)->log_prob(constant(full({1, 1}, Real(0.5) / 255))).item() ==
          -nn::infinity);  // between two levels
  }
}

TEST_CASE("likelihood: categorical levels begin at the frequencies of their own pixel") {
  Evaluation scope;
  Architecture a = small_vae(LikelihoodKind::categorical);
  a.pixels = 2;
  VAE model(a, Stream());
  model.start_at(array({2, 2}, {Real(3) / 255, Real(7) / 255, Real(3) / 255, Real(9) / 255}));
  const auto p = [&](Real first, Real second) {
    return std::exp(double(model.decode(constant(zeros({1, 2})))
                               ->log_prob(constant(array({1, 2}, {first / 255, second / 255})))
                               .item()));
  };
  CHECK(p(3, 7) == Approx(3.0 / 258 * 2 / 258));  // as if each level had been seen once more
  CHECK(p(7, 3) == Approx(1.0 / 258 * 1 / 258));
}

TEST_CASE("likelihood: logistics begin apart within a deviation of the pixel's mean, as wide as it") {
  Architecture a = small_vae(LikelihoodKind::logistic_mixture);
  a.pixels = 1, a.hidden = {};
  VAE model(a, Stream());
  model.start_at(array({2, 1}, {Real(0.3), Real(0.7)}));  // of signed pixels: mean 0, deviation 0.4
  const std::vector<Real> bias = values_of(lg::named(model, "decoder.0.bias").value());
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(bias[k] == 0);
    CHECK(bias[5 + k] == Approx(0.2 * double(k) - 0.4).margin(1e-12));
    CHECK(bias[10 + k] == Approx(std::log(0.4 * std::sqrt(3.0) / M_PI)));  // whose deviation is 0.4
  }
}

TEST_CASE("likelihood: the deviation of a Gaussian output stays within its bounds") {
  Evaluation scope;
  VAE model(small_vae(LikelihoodKind::gaussian), Stream());
  lg::named(model, "decoder.log_std").update()(0) = -100;
  CHECK(normal_of(model.decode(constant(zeros({1, 2})))).log_var.value()(0, 0) == -30);
}

TEST_CASE("likelihood: Bernoulli outputs are drawn with the probabilities that the decoder gives") {
  Evaluation scope;
  const VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  const Density p = model.decode(constant(array({1, 2}, {0.8, -1.3})));
  const Density many = model.decode(repeat(constant(array({1, 2}, {0.8, -1.3})), 20000));
  const Array x = many->sample(Stream()), probability = p->mean().value();
  for (std::size_t i = 0; i < 6; ++i) {
    std::vector<double> pixel;
    for (std::size_t r = 0; r < 20000; ++r) pixel.push_back(x(r, i));
    CHECK(average(pixel).agrees_with(probability(0, i)));
  }
}

TEST_CASE(
    "likelihood: a continuous Bernoulli starts at the data's mean, clipped, and has the density of grey") {
  Evaluation scope;
  VAE model(small_vae(LikelihoodKind::continuous_bernoulli), Stream());
  model.start_at(array({2, 6}, {0, 1, 0.5, 0, 0.2, 1, 0, 1, 0.5, 1, 0.4, 0.6}));
  const Density p = model.decode(constant(zeros({1, 2})));
  const std::vector<Real> found = values_of(p->mean().value());
  const std::vector<double> means = {0.001, 0.999, 0.5, 0.5, 0.3, 0.8};
  for (std::size_t i = 0; i < 6; ++i) CHECK(found[i] == Approx(means[i]).epsilon(1e-9));
  // Where the logit is 0 the density of a grey value is 1, whatever the value, and outside [0, 1] it is
  // refused.
  lg::named(model, "decoder.2.bias").update().fill(0);
  const Density even = model.decode(constant(zeros({1, 2})));
  CHECK(log_prob(even, constant(full({1, 6}, 0.37))).item() == Approx(0).margin(1e-14));
  CHECK_THROWS_AS(log_prob(even, constant(full({1, 6}, 255))), std::domain_error);
}

TEST_CASE("likelihood: a start at images of another size is refused with both sizes") {
  VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  CHECK(says(message_of<std::invalid_argument>([&] {
               model.start_at(zeros({2, 7}));
             }),
             {"[start_at]", "[2,7]", "6 pixels"}));
}

TEST_CASE("likelihood: pixels of 0 ... 255 under a Bernoulli are refused; under a Gaussian they are grey") {
  Evaluation scope;
  const Var x = constant(array({1, 3}, {0, 1, 255}));
  const auto message = message_of<std::domain_error>([&] {
    log_prob(nn::Bernoulli(constant(zeros({1, 3}))), x);
  });
  CHECK(says(message, {"[log_prob] pixel 2 is 255", "[0, 1]"}));
  CHECK_NOTHROW(log_prob(Normal(constant(zeros({1, 3})), constant(zeros({1, 3}))), x));
}
