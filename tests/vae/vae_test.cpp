// The plain VAE: its parts and their shapes, and the linear case, probabilistic PCA (Tipping & Bishop 1999),
// where x ~ N(b, WWᵀ + σ²I) exactly. Statistical checks reject correct samples with probability 1e-6 each;
// seeds are fixed.
#include "vae/vae.h"

#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "tests/vae/linear_gaussian.h"
#include "tests/vae/small_vae.h"
#include "vae/autoregressive.h"
#include "vae/elbo.h"
#include "vae/evidence/importance.h"

using namespace vae;
namespace lg = linear_gaussian;

namespace {

// z: [2] -> x: [3] with orthogonal columns of W, so that the posterior's covariance is diagonal:
//     z_k | x ~ N( w_k · (x − b) / (w_k² + σ²), σ² / (w_k² + σ²) )
struct PPCA : VAE {
  PPCA() : VAE(architecture(), Stream()) {
    lg::named(*this, "decoder.0.weight").update() = array({3, 2}, {1.2, 0.5, -0.6, 1.0, 0.8, 0.0});
    lg::named(*this, "decoder.0.bias").update() = array({3}, {0.3, -0.2, 0.1});
    lg::named(*this, "decoder.log_std").update() = array({1}, {std::log(0.7)});
    Array& encoder = lg::named(*this, "encoder.0.weight").update();
    Array& bias = lg::named(*this, "encoder.0.bias").update();
    const Array W = lg::named(*this, "decoder.0.weight").value();
    const Array b = lg::named(*this, "decoder.0.bias").value();
    encoder.fill(0), bias.fill(0);
    for (std::size_t k = 0; k < 2; ++k) {
      double precision = 0.49;
      for (std::size_t i = 0; i < 3; ++i) precision += W(i, k) * W(i, k);
      for (std::size_t i = 0; i < 3; ++i)
        encoder(k, i) = W(i, k) / precision, bias(k) -= b(i) * W(i, k) / precision;
      bias(2 + k) = std::log(0.49 / precision);
    }
  }

  static Architecture architecture() {
    Architecture a;
    a.pixels = 3, a.hidden = {}, a.latent = {2}, a.likelihood = LikelihoodKind::gaussian;
    return a;
  }

  // log N(x; b, WWᵀ + σ²I)
  double log_evidence(const lg::Vector& x) {
    lg::Joint joint = {{}, std::vector<lg::Vector>(3, lg::Vector(3))};
    const Array W = lg::named(*this, "decoder.0.weight").value();
    for (std::size_t i = 0; i < 3; ++i) {
      joint.mean.push_back(lg::named(*this, "decoder.0.bias").value()(i));
      for (std::size_t j = 0; j < 3; ++j)
        joint.covariance[i][j] = W(i, 0) * W(j, 0) + W(i, 1) * W(j, 1) + (i == j ? 0.49 : 0);
    }
    return lg::log_density_of_last(joint, x);
  }
};

}  // namespace

TEST_CASE("vae: parameters, as named and as oriented") {
  VAE model(small_vae(LikelihoodKind::gaussian), Stream());
  std::string text;
  for (const auto& [name, parameter] : model.parameters())
    text += name + " " + to_string(parameter->shape()) + "\n";
  CHECK(text ==
        "encoder.0.weight [5,6]\nencoder.0.bias [5]\nencoder.2.weight [4,5]\nencoder.2.bias [4]\n"
        "decoder.0.weight [5,2]\ndecoder.0.bias [5]\ndecoder.2.weight [6,5]\ndecoder.2.bias "
        "[6]\ndecoder.log_std [1]\n");
  VAE binary(small_vae(LikelihoodKind::bernoulli), Stream());
  CHECK(binary.parameters().size() == 8);
}

TEST_CASE("vae: shapes of the encoder, the decoder, inference and generation") {
  Evaluation scope;
  for (const LikelihoodKind kind : {LikelihoodKind::bernoulli, LikelihoodKind::gaussian}) {
    const VAE model(small_vae(kind), Stream());
    const Var x = constant(uniform(Stream(), {4, 6}));
    CHECK(normal_of(model.encode(x)).mu.shape() == Shape{4, 2});
    CHECK(normal_of(model.encode(x)).log_var.shape() == Shape{4, 2});
    const std::vector<Level> levels = infer(model, x, 3, Stream().for_batch(4));
    CHECK(levels.size() == 1);
    CHECK(levels[0].z.shape() == Shape{12, 2});
    CHECK(log_likelihood(model, x, latents(levels)).shape() == Shape{12});
    CHECK(decode(model, latents(levels))->mean().shape() == Shape{12, 6});
    CHECK(generate(model, 7, Stream())[0].shape() == Shape{7, 2});
  }
}

TEST_CASE("vae: samples fold into the batch, row r belonging to datum r mod B") {
  Evaluation scope;
  const VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  const Var pixels = constant(uniform(Stream(), {4, 6}));
  const Array mu = normal_of(model.encode(pixels)).mu.value(),
              repeated = normal_of(*infer(model, pixels, 3, Stream())[0].q).mu.value();
  for (std::size_t r = 0; r < 12; ++r) CHECK(repeated(r, 1) == mu(r % 4, 1));
}

TEST_CASE("vae: images of another size are refused with both shapes") {
  Evaluation scope;
  const VAE model(small_vae(LikelihoodKind::bernoulli), Stream());
  CHECK(says(message_of<std::invalid_argument>([&] {
               model.encode(constant(zeros({4, 7})));
             }),
             {"[linear]", "[4,7]", "[5,6]"}));
  CHECK(says(message_of<std::invalid_argument>([&] {
               model.decode(constant(zeros({4, 3})));
             }),
             {"[linear]", "[4,3]", "[5,2]"}));
  Architecture two = small_vae(LikelihoodKind::bernoulli);
  two.latent = {2, 2};
  CHECK_THROWS_AS(VAE(two, Stream()), std::invalid_argument);
  two.latent = {};
  CHECK(says(message_of<std::invalid_argument>([&] { VAE(two, Stream()); }), {"[vae]", "one level"}));
  CHECK(says(message_of<std::invalid_argument>([&] { AutoregressiveVAE(two, Stream()); }),
             {"[autoregressive]", "one level"}));
}

// ---- probabilistic PCA ------------------------------------------------------------------------------------

TEST_CASE("vae: a linear VAE is probabilistic PCA, and its bound with the exact posterior is log p(x)") {
  PPCA model;
  const Array x = normal(Stream().at_epoch(3), {6, 3});
  Evaluation scope;
  const Array bound = elbo(model, constant(x), 3, KLForm::monte_carlo, Stream()).elbo.value();
  const Evidence evidence = log_evidence(model, x, 2, Stream());
  for (std::size_t i = 0; i < 6; ++i) {
    const double truth = model.log_evidence({x(i, 0), x(i, 1), x(i, 2)});
    CHECK(bound(i) == Approx(truth).epsilon(1e-12));
    CHECK(evidence.log_px[i] == Approx(truth).epsilon(1e-12));
  }
}

TEST_CASE("vae: samples of a linear VAE have mean b and covariance WW' + sigma^2 I") {
  constexpr std::size_t rows = 50000;
  PPCA model;
  Evaluation scope;
  const Stream stream = Stream().at(Purpose::prior);
  const Array x = decode(model, generate(model, rows, stream))->sample(stream.at(Purpose::output));
  const std::vector<double> b = {0.3, -0.2, 0.1};
  const double covariance[3][3] = {
      {1.69 + 0.49, -0.22, 0.96}, {-0.22, 1.36 + 0.49, -0.48}, {0.96, -0.48, 0.64 + 0.49}};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      std::vector<double> first, product;
      for (std::size_t r = 0; r < rows; ++r)
        first.push_back(x(r, i)), product.push_back((x(r, i) - b[i]) * (x(r, j) - b[j]));
      CHECK(average(first).agrees_with(b[i]));
      CHECK(average(product).agrees_with(covariance[i][j]));
    }
}

TEST_CASE("vae: the noise of generated z and of x is independent") {
  Evaluation scope;
  const PPCA model;
  const Stream stream = Stream().at(Purpose::prior);
  const Latents drawn = generate(model, 10000, stream);
  const Density p = decode(model, drawn);
  const Array x = p->sample(stream.at(Purpose::output)), mu = p->mean().value(), z = drawn[0].value();
  std::vector<double> products;
  for (std::size_t r = 0; r < 10000; ++r) products.push_back((x(r, 0) - mu(r, 0)) * z(r, 0));
  CHECK(average(products).agrees_with(0));
}
