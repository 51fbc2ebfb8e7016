// The examples of the README, compiled, run, and compared with the text.
#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include "autograd/custom.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/kl.h"
#include "nn/optimizers/adam.h"
#include "tests/catch.h"
#include "vae/elbo.h"
#include "vae/evidence/importance.h"
#include "vae/vae.h"

using namespace autograd;

namespace {

// clang-format off
// A VAE on images [B,784] of zeros and ones; returns its bound after each step, in nats per image.
std::vector<Real> train(const Array& images, std::size_t steps) {
  vae::VAE model(vae::Architecture{}, Stream{});
  nn::Adam adam(model.parameters());
  std::vector<Real> bounds;
  for (std::size_t i = 0; i < steps; ++i) {
    const Stream noise = Stream().at(Purpose::posterior).at_epoch(std::uint32_t(i));
    Step step;                                                 // what is recorded leaves the tape with it
    const Var x = constant(images);
    const nn::Density q = model.encode(x);                     // q(z|x) = N(μ(x), σ²(x))
    const Var z = q->rsample(noise);                           // z = μ + σε
    const nn::Density p = nn::Normal::standard(z.shape());     // p(z) = N(0, I)
    const Var elbo = vae::log_prob(model.decode(z), x) - nn::kl_closed_form(q, p);  // [B] nats
    const Gradients g = backward(-mean(elbo));
    adam.step(g);
    bounds.push_back(mean(elbo).item());
  }
  return bounds;
}
// clang-format on

// clang-format off
// p(x, z) = Bernoulli(x; Wz + b) N(z; 0, I)          q(z|x) = N(z; μ(x), σ²(x)), both linear
class LinearVAE : public vae::Model {
 public:
  LinearVAE(const vae::Architecture& a, const Stream& stream)  // an MLP of two sizes is one linear layer
      : encoder_({a.pixels, 2 * a.latent[0]}, *a.activation, stream.at_epoch(0)),
        decoder_({a.latent[0], a.pixels}, *a.activation, stream.at_epoch(1)), latent_(a.latent[0]) {}

  std::size_t levels() const override { return 1; }
  // p(z)   ->  [rows,Z]
  nn::Density prior(const vae::State& s) const override { return nn::Normal::standard({s.rows, latent_}); }
  // q(z|x).  x: [B,D]  ->  [rows,Z], where row r belongs to datum r mod B
  nn::Density posterior(const vae::State& s, const vae::Features& x) const override {
    return vae::normal_from(vae::repeat_to(encoder_(x[0]), s.rows));
  }
  // p(x|z)   z: [rows,Z]  ->  [rows,D]
  nn::Density decode(const vae::State& s) const override { return nn::Bernoulli(decoder_(s.z[0])); }

  void visit_posterior(const nn::Visitor& visitor) override { encoder_.visit("encoder", visitor); }  // φ
  void visit_generator(const nn::Visitor& visitor) override { decoder_.visit("decoder", visitor); }  // θ

 private:
  nn::MLP encoder_, decoder_;
  std::size_t latent_;
};
// clang-format on

// clang-format off
// y = x³        x̄ += ȳ 3x²
Var cube(Var x) {
  return custom("cube", {x}, [](const Array& x) { return Array(x * x * x); },
                [](Var g, Var x) { return g * 3 * square(x); });
}
// clang-format on

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(ELBO_SOURCE_DIR) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the README's examples are the functions above") {
  const std::string source = text_of("tests/readme_test.cpp");
  const std::string readme = text_of("README.md");
  for (const std::string begin :
       {"// A VAE on images [B,784]", "// p(x, z) = Bernoulli(x; Wz + b)", "// y = x³        x̄ += ȳ 3x²"}) {
    INFO(begin);
    const std::size_t first = source.find("\n" + begin);
    REQUIRE(first != std::string::npos);
    const std::size_t last = std::min(source.find("\n}\n", first), source.find("\n};\n", first));
    CHECK(readme.find(source.substr(first, last - first)) != std::string::npos);
  }
}

TEST_CASE("the README's operation of one's own") {
  CHECK(
      check_gradient([](const std::vector<Var>& v) { return cube(v[0]); }, {uniform(Stream(), {3})}).order2 <
      1e-8);
}

TEST_CASE("the README's model of one's own trains, and its bound lies below log p(x)") {
  Array images = uniform(Stream().at(Purpose::drawing), {16, 20});
  for (std::size_t i = 0; i < images.size(); ++i)
    images.data()[i] = images.data()[i] < Real(0.1 + 0.8 * (i / 20 % 2));
  vae::Architecture architecture;
  architecture.pixels = 20, architecture.latent = {2};
  LinearVAE model(architecture, Stream());
  nn::Adam adam(model.parameters(), 0.02);
  const auto bound = [&](std::uint32_t step) {
    const Stream noise = Stream().at(Purpose::posterior).at_epoch(step);
    return mean(vae::elbo(model, constant(images), 4, vae::KLForm::analytic, noise).elbo);
  };
  Evaluation scope;
  const Real before = bound(1000).item();
  for (std::uint32_t i = 0; i < 200; ++i) {
    Step step;
    adam.step(backward(-bound(i)));
  }
  const Real after = bound(1000).item();
  CHECK(before < -13);  // 20 pixels at chance are 13.9 nats
  CHECK(after > before + 3);
  const vae::Evidence evidence = vae::log_evidence(model, images, 500, Stream().at(Purpose::importance));
  CHECK(std::accumulate(evidence.log_px.begin(), evidence.log_px.end(), 0.0) / 16 > after);
  CHECK(vae::decode(model, vae::generate(model, 3, Stream()))->mean().shape() == Shape{3, 20});
}

TEST_CASE("the README's example raises the bound") {
  Array images = uniform(Stream().at(Purpose::drawing), {16, 784});
  for (std::size_t i = 0; i < images.size(); ++i)
    images.data()[i] = i % 784 < 300 && images.data()[i] < Real(0.8) ? 1 : 0;
  const std::vector<Real> bounds = train(images, 20);
  CHECK(bounds.front() < -500);  // 784 pixels at chance are 543 nats
  CHECK(bounds.back() > bounds.front() + 150);
}

TEST_CASE("the README's gradient check") {
  const Array a = uniform(Stream().at_epoch(1), {2, 3}), b = uniform(Stream().at_epoch(2), {3});
  const GradientCheck check =
      check_gradient([](const std::vector<Var>& v) { return tanh(v[0]) * v[1]; }, {a, b});
  CHECK(check.order1 < 1e-8);
  CHECK(check.order2 < 1e-7);
  CHECK(text_of("README.md")
            .find("check_gradient([](const std::vector<Var>& v) { return tanh(v[0]) * v[1]; }, {a, b});") !=
        std::string::npos);
}
