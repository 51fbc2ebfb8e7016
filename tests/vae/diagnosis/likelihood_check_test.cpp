// Is it a likelihood? Every model of the table is, exact models are, and offenders are convicted of what they
// do: a masked decoder whose batch statistics see the pixels to come and the other images first of all.
#include "vae/diagnosis/likelihood_check.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/layers/made.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "vae/conditional.h"
#include "vae/exact/discrete.h"
#include "vae/exact/quadrature.h"
#include "vae/models.h"

using namespace vae;
using nn::Mode;

namespace {

constexpr std::size_t listed_pixels = 4;

// x_i given x_<i by masked layers; between them each hidden unit is normalised, if at all, over the batch,
// and over the units, half of which have seen pixels that others must not see.
struct MaskedDecoder {
  bool batch_statistics;
  nn::MADE made = nn::MADE(listed_pixels, {12}, 1, nn::activation_named("tanh"), Stream().at_epoch(3));

  Var logits(Var x) const {
    Var h = tanh(2 * made.layers[0](x));  // [B,12]
    if (batch_statistics) h = (h - mean(h)) / sqrt(mean(square(h - mean(h))) + 1e-5);
    return 3 * made.layers[1](h);
  }
  Var log_prob(Var x) const { return nn::Bernoulli(logits(x)).log_prob(x); }
};

}  // namespace

TEST_CASE("likelihood_check: every model of the table has a likelihood at any z") {
  for (const ModelEntry& entry : models())
    for (const NetworkKind networks : {NetworkKind::dense, NetworkKind::convolutional})
      for (const DecoderKind decoder : {DecoderKind::independent, DecoderKind::pixelcnn})
        for (std::size_t levels = 1; levels <= std::min<std::size_t>(3, entry.most_levels); ++levels) {
          Architecture a;
          a.pixels = listed_pixels, a.hidden = {5}, a.channels = {5}, a.classes = 3;
          a.condition = entry.has_class ? 0 : levels % 2;
          a.latent.assign(levels, 2), a.networks = networks, a.decoder = decoder;
          const std::unique_ptr<Model> model = entry.make(a, Stream());
          std::uint32_t epoch = 0;
          model->visit([&](const std::string&, Parameter& p) {  // some begin at 0
            p.update() += Real(0.3) * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
          });
          Evaluation scope;
          const Given given(*model, a.condition ? std::optional(full({1, 1}, 2)) : std::nullopt);
          const LikelihoodCheck check =
              check_likelihood(likelihood_at(given, generate(given, 1, Stream())), a.pixels);
          INFO(entry.name << ", levels " << levels << ", decoder " << int(decoder) << ": "
                          << check.verdict());
          CHECK(check.holds());
        }
}

TEST_CASE("likelihood_check: log p(x) of exact models over binary images is one") {
  Architecture a;
  a.pixels = listed_pixels, a.hidden = {5}, a.latent = {2};
  const std::unique_ptr<Model> vae = model_named("vae").make(a, Stream());
  const ByQuadrature by_quadrature(*vae, 10);
  const Discrete discrete({listed_pixels, {2, 2}}, Stream());
  for (const ExactModel* model :
       {static_cast<const ExactModel*>(&by_quadrature), static_cast<const ExactModel*>(&discrete)}) {
    const LikelihoodCheck check =
        check_likelihood([&](Var x, Mode) { return model->log_px(x); }, listed_pixels);
    INFO(check.verdict());
    CHECK(check.holds());
    CHECK(check.verdict() == "a likelihood");
  }
}

TEST_CASE("likelihood_check: a masked decoder is a likelihood; with batch statistics it is convicted") {
  const Array x = all_bits(listed_pixels);
  for (const bool batch_statistics : {false, true}) {
    const MaskedDecoder decoder{batch_statistics};
    const LikelihoodCheck check =
        check_likelihood([&](Var x, Mode) { return decoder.log_prob(x); }, listed_pixels);
    const double slope = largest_acausal_slope([&](Var x) { return decoder.logits(x); }, x);
    INFO(check.verdict() << "; acausal slope " << slope);
    CHECK(check.holds() == !batch_statistics);
    if (batch_statistics) {
      CHECK(check.total == Approx(1));  // in the batch of all images the statistics are constants
      CHECK(std::abs(check.total_alone - 1) > 1e-3);
      CHECK(check.batch > 1e-2);
      CHECK(slope > 1e-3);
      CHECK(says(check.verdict(), {"not a likelihood", "images each alone", "other images"}));
    } else {
      CHECK(slope == 0);
    }
  }
}

TEST_CASE("likelihood_check: the Jacobian is judged by the order that is given") {
  const std::vector<std::size_t> place = {2, 0, 3, 1};
  const nn::MADE made(listed_pixels, {12}, 1, nn::activation_named("tanh"), Stream(), place);
  const auto logits = [&](Var x) { return made(x); };
  const Array x = random_array({3, listed_pixels}, 1);
  CHECK(largest_acausal_slope(logits, x, place) == 0);
  CHECK(largest_acausal_slope(logits, x) > 1e-3);
  // The pixel itself, and the same pixel of other images.
  CHECK(largest_acausal_slope([](Var x) { return 2 * x; }, x) == Approx(2));
  CHECK(largest_acausal_slope([](Var x) { return broadcast_to(mean(x, {0}, true), x.shape()) - x / 3; }, x) ==
        Approx(1.0 / 3));
  CHECK_THROWS_AS(largest_acausal_slope(logits, x, {0, 1}), std::invalid_argument);
  CHECK_THROWS_AS(largest_acausal_slope([](Var x) { return sum(x, {1}); }, x), std::invalid_argument);
}

TEST_CASE("likelihood_check: other offences are named, each by its number") {
  Evaluation scope;
  const auto fair = [](Var x) { return nn::Bernoulli(constant(zeros(x.shape()))).log_prob(x); };
  // A density where probabilities are meant: twice too large.
  const LikelihoodCheck doubled =
      check_likelihood([&](Var x, Mode) { return fair(x) + std::log(2.0); }, listed_pixels);
  CHECK(doubled.total == Approx(2));
  CHECK_FALSE(doubled.holds());
  // The mean over the batch for each image.
  const LikelihoodCheck averaged =
      check_likelihood([&](Var x, Mode) { return fair(x) + 0.1 * (mean(x) - 0.5); }, 1);
  CHECK(averaged.batch > 0.04);
  // Another value in training.
  const LikelihoodCheck noisy = check_likelihood(
      [&](Var x, Mode mode) { return fair(x) + (mode == Mode::training ? 0.25 : 0.0); }, listed_pixels);
  CHECK(noisy.mode == Approx(0.25));
  CHECK(noisy.total == Approx(1));
  CHECK(says(noisy.verdict(), {"training and evaluation differ by 0.25"}));
  // Not a number.
  const LikelihoodCheck lost =
      check_likelihood([&](Var x, Mode) { return fair(x) + std::nan(""); }, listed_pixels);
  CHECK_FALSE(lost.holds());
  CHECK_THROWS_AS(check_likelihood([&](Var x, Mode) { return fair(x); }, 13), std::invalid_argument);
}
