// The example of the README, compiled, run, and compared with the text.
#include <fstream>
#include <sstream>

#include "autograd/custom.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tests/catch.h"
#include "vae/elbo.h"
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
    Step step;                                                          // what is recorded is rewound at the brace
    const Var x = constant(images);
    const nn::Normal q = model.encode(x);                               // q(z|x) = N(μ(x), σ²(x))
    const Var z = q.rsample(noise);                                     // z = μ + σε
    const nn::Normal prior = nn::Normal::standard(z.shape());           // p(z) = N(0, I)
    const Var elbo = vae::log_prob(model.decode(z), x) - kl(q, prior);  // [B] nats
    const Gradients g = backward(-mean(elbo));
    adam.step(g);
    bounds.push_back(mean(elbo).item());
  }
  return bounds;
}
// clang-format on

// clang-format off
// y = x³        x̄ += ȳ 3x²
Var cube(Var x) {
  return custom("cube", {x}, [](const Array& x) { return Array(x * x * x); }, [](Var g, Var x) { return g * 3 * square(x); });
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
  const std::string source = text_of("tests/readme_test.cpp"), end = "\n}\n";
  for (const char* begin : {"// A VAE on images [B,784]", "// y = x³        x̄ += ȳ 3x²"}) {
    const std::size_t first = source.find(begin), last = source.find(end, first);
    REQUIRE(last != std::string::npos);
    CHECK(text_of("README.md").find(source.substr(first, last - first)) != std::string::npos);
  }
}

TEST_CASE("the README's operation of one's own") {
  CHECK(
      check_gradient([](const std::vector<Var>& v) { return cube(v[0]); }, {uniform(Stream(), {3})}).order2 <
      1e-8);
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
