// The local autoregressive decoder: what each pixel sees, how it begins, and that its draws are draws of it.
// Statistical checks reject correct samples with probability 1e-6 each; seeds are fixed.
#include "vae/pixelcnn.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/autograd/statistics.h"
#include "tests/catch.h"
#include "vae/diagnosis/likelihood_check.h"
#include "vae/exact/enumeration.h"

using namespace vae;

namespace {

constexpr std::size_t M = 8;  // maps, for one number for each pixel

Architecture of(std::size_t pixels, std::size_t layers = 2) {
  Architecture a;  // by tanh
  a.pixels = pixels, a.pixelcnn_layers = layers, a.pixelcnn_channels = 4;
  return a;
}

PixelCNN shaken(std::size_t side, std::size_t layers = 2) {
  PixelCNN network(of(side * side, layers), 1, Stream());
  std::uint32_t epoch = 0;
  network.visit("", [&](const std::string&, Parameter& p) {
    p.update() += Real(0.2) * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
  });
  return network;
}

Density bernoulli(Var h) { return nn::Bernoulli(h); }

}  // namespace

TEST_CASE("pixelcnn: a pixel depends on those before it nearby, and on no other") {
  const std::size_t side = 12, layers = GENERATE(0u, 2u, 3u), reach = 3 + layers;
  const PixelCNN network = shaken(side, layers);
  const Array x = random_array({1, side * side}, 1), maps = random_array({1, M * side * side}, 2);
  CHECK(largest_acausal_slope([&](Var x) { return network(x, constant(maps)); }, x) == 0);

  // Of pixel (7, 6): three rows above and one for each layer, and as many columns to either side.
  Step step;
  const Var at = variable(x);
  const std::ptrdiff_t i = 7 * 12 + 6;
  const Array& slope = backward(sum(slice(network(at, constant(maps)), 1, i, i + 1)))[at];
  for (std::size_t r = 0; r < side; ++r)
    for (std::size_t c = 0; c < side; ++c) {
      INFO(r << ", " << c);
      if (r + reach < 7 || r > 7 || (r == 7 && c >= 6) || c + reach < 6 || c > 6 + reach)
        CHECK(slope(0, r * side + c) == 0);
      if ((r == 7 && c < 6 && c > 3) || (r == 6 && c > 3 && c < 9)) CHECK(slope(0, r * side + c) != 0);
    }
  CHECK(slope(0, (7 - reach) * side + 6) != 0);
}

TEST_CASE("pixelcnn: a row from the few rows above it is the row of the whole image") {
  Evaluation scope;
  const std::size_t side = 12;
  const PixelCNN network = shaken(side, GENERATE(0u, 2u, 4u));
  const Array x = random_array({2, side * side}, 1);
  const Var maps = constant(random_array({2, M * side * side}, 2)), all = network(constant(x), maps);
  for (std::size_t r = 0; r < side; ++r) {
    const std::ptrdiff_t first = std::ptrdiff_t(r * side);
    INFO("row " << r);
    CHECK(largest_difference(network.at_row(x, maps, r), slice(all, 1, first, first + std::ptrdiff_t(side))) <
          1e-12);
  }
}

TEST_CASE("pixelcnn: at first the pixels are independent, by the first map") {
  Evaluation scope;
  const PixelCNN network(of(16), 1, Stream());
  const Var maps = constant(random_array({3, M * 16}, 2)), x = constant(random_array({3, 16}, 1)) > 0;
  CHECK(largest_difference(LocallyAutoregressive(maps, network, bernoulli).log_prob(x),
                           nn::Bernoulli(slice(maps, 1, 0, 16)).log_prob(x)) == 0);
}

TEST_CASE("pixelcnn: of N layers each begins with weights of 1/√N") {
  const auto weights = [](std::size_t layers) {
    PixelCNN network(of(16, layers), 1, Stream());
    Array first;
    network.visit("", [&](const std::string& name, Parameter& p) {
      if (name == ".more.0.weight") first = p.value();
    });
    return first;
  };
  CHECK(largest_difference(constant(weights(4)), constant(weights(1)) / 2) < 1e-15);
}

TEST_CASE("pixelcnn: images are drawn with their probabilities, which sum to one") {
  Evaluation scope;
  const std::size_t side = 3, D = 9, draws = 20000;
  const PixelCNN network = shaken(side);
  const Array maps = random_array({1, M * D}, 2);
  const auto p = [&](std::size_t rows) {
    return LocallyAutoregressive(broadcast_to(constant(maps), {rows, M * D}), network, bernoulli);
  };
  const Array all = all_bits(D), log_p = p(all.shape(0)).log_prob(constant(all)).value();
  double total = 0;
  std::vector<double> expected, counts(all.shape(0), 0.0);
  for (std::size_t i = 0; i < all.shape(0); ++i) {
    total += std::exp(double(log_p(i)));
    expected.push_back(double(draws) * std::exp(double(log_p(i))));
  }
  CHECK(total == Approx(1).epsilon(1e-12));

  const Array drawn = p(draws).sample(Stream().at(Purpose::output));
  const auto number = [&](const Array& x, std::size_t row) {
    std::size_t bits = 0;
    for (std::size_t i = 0; i < D; ++i) bits = 2 * bits + std::size_t(x(row, i));
    return bits;
  };
  std::vector<std::size_t> place(all.shape(0));
  for (std::size_t i = 0; i < place.size(); ++i) place[number(all, i)] = i;
  for (std::size_t r = 0; r < draws; ++r) ++counts[place[number(drawn, r)]];
  CHECK(counts_agree(counts, expected));
}

TEST_CASE("pixelcnn: several numbers for each pixel") {
  Evaluation scope;
  const std::size_t side = 4, D = 16, P = 3;
  PixelCNN network(of(D), P, Stream());
  network.visit("", [&](const std::string&, Parameter& p) {
    p.update() += Real(0.2) * normal(Stream().at(Purpose::checking), p.shape());
  });
  REQUIRE(network.maps() == 10);
  const Array x = random_array({2, D}, 1);
  const Var maps = constant(random_array({2, 10 * D}, 2)), all = network(constant(x), maps);
  CHECK(all.shape() == Shape{2, P * D});
  const Var rows = reshape(all, {2, P, side, side});
  for (std::ptrdiff_t r = 0; r < 4; ++r)
    CHECK(largest_difference(reshape(network.at_row(x, maps, std::size_t(r)), {2, P, 1, side}),
                             slice(rows, 2, r, r + 1)) < 1e-12);
}

TEST_CASE("pixelcnn: images that are no squares are refused") {
  CHECK(says(message_of<std::invalid_argument>([] { PixelCNN(of(6), 1, Stream()); }),
             {"[pixelcnn]", "6 pixels"}));
}

TEST_CASE("pixelcnn: no channels and too many layers are refused") {
  Architecture none = of(16), many = of(16, 201);
  none.pixelcnn_channels = 0;
  for (const Architecture& a : {none, many})
    CHECK(
        says(message_of<std::invalid_argument>([&] { PixelCNN(a, 1, Stream()); }), {"[pixelcnn]", "layers"}));
}
