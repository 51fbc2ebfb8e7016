// The mixture of discretized logistics against its formula, and shapes that do not fit.
#include "nn/distributions/discretized_logistic_mixture.h"

#include <cmath>

#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

TEST_CASE("discretized logistic mixture: parameters of different shapes are refused") {
  Evaluation scope;
  const auto c = [](const Shape& shape) { return constant(full(shape, 0.5)); };
  const auto refusal = message_of<std::invalid_argument>([&] {
    DiscretizedLogisticMixture(c({3, 2}), c({3, 2}), c({3, 1}));
  });
  CHECK(says(refusal, {"[discretized_logistic_mixture]", "[3,2]", "[3,1]"}));
}

// log Σ_k w_k [σ((x + h − μ)/s) − σ((x − h − μ)/s)], where the difference does not cancel
TEST_CASE("discretized logistic mixture: log p is the mixture of the bins' masses, pixel by pixel") {
  Evaluation scope;
  const std::size_t B = 3, D = 4, K = 2;
  const Array l = normal(Stream(), {B, D, K}), m = normal(Stream().at_epoch(1), {B, D, K}),
              s = normal(Stream().at_epoch(2), {B, D, K});
  Array x = empty({B, D});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = pixel_values()(i * 255 / (x.size() - 1));
  const DiscretizedLogisticMixture p((constant(l)), constant(m), constant(s));
  const Array found = p.log_prob(constant(x)).value();
  const double h = 1.0 / 255;
  for (std::size_t b = 0; b < B; ++b) {
    double by_hand = 0;
    for (std::size_t d = 0; d < D; ++d) {
      double mass = 0, weights = 0;
      for (std::size_t k = 0; k < K; ++k) {
        const auto F = [&](double edge) {
          return 1 / (1 + std::exp(-(edge - m(b, d, k)) / std::exp(s(b, d, k))));
        };
        const double above = x(b, d) == 1 ? 1 : F(x(b, d) + h), below = x(b, d) == -1 ? 0 : F(x(b, d) - h);
        mass += std::exp(l(b, d, k)) * (above - below), weights += std::exp(l(b, d, k));
      }
      by_hand += std::log(mass / weights);
    }
    CHECK(found(b) == Approx(by_hand).epsilon(1e-11));
  }
}
