// Lessons on what is known of a datum: what conditions it (Sohn, Lee & Yan 2015), and some of its pixels
// (Mattei & Frellsen 2019).
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/lesson.h"
#include "tools/text.h"
#include "vae/bounds/renyi.h"
#include "vae/conditional.h"
#include "vae/elbo.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/quadrature.h"
#include "vae/missing.h"
#include "vae/vae.h"

namespace tools {

namespace {

using namespace vae;

constexpr std::size_t places = 8;

// A dot in one of 8 places, [16,8], and where it was before: a place further back, or a place further on.
struct Moves {
  Array x = zeros({2 * places, places}), c = zeros({2 * places, places});

  Moves() {
    for (std::size_t i = 0; i < 2 * places; ++i)
      c(i, i % places) = 1, x(i, (i % places + (i < places ? 1 : places - 1)) % places) = 1;
  }
};

void several_answers(Page& page) {
  const Moves moves;
  Architecture a;
  a.pixels = a.condition = places, a.hidden = {24}, a.latent = {1};
  VAE model(a, Stream());
  Given given(model, moves.c);
  nn::Adam adam(model.parameters(), Real(0.01));
  for (std::uint32_t i = 0; i < 1500; ++i) {
    Step step;
    const Bound bound = elbo(given, constant(moves.x), 8, KLForm::analytic, Stream().at_epoch(i));
    adam.step(backward(-mean(bound.elbo)));
  }

  // log p(x|c) by quadrature over z, and that of the best independent pixels, whose means are E[x|c].
  Evaluation scope;
  const double found = double(mean(ByQuadrature(given, 200).log_px(constant(moves.x))).item()),
               bound =
                   double(mean(elbo(given, constant(moves.x), 500, KLForm::analytic, Stream()).elbo).item()),
               truth = -std::log(2.0), regressor = -2 * std::log(2.0);
  page.say(
      "A dot goes to the place before or to the one behind, one as often as the other. log p(x|c), on "
      "average:");
  page.number("the truth, one of two answers, − log 2", truth);
  page.number("a conditional VAE with one latent, by quadrature", found);
  page.number("its bound", bound);
  page.number("independent pixels at their means given c, the best regressor", regressor);

  // What it says of a dot in the first place.
  const std::size_t n = 4000;
  Array first = zeros({1, places});
  first(0, 0) = 1;
  const Given at_first(model, first);
  const Latents z = generate(at_first, n, Stream().at(Purpose::prior));
  const Density p = decode(at_first, z);
  const Array x = p->sample(Stream().at(Purpose::output)), means = mean(p->mean(), {0}).value();
  double before = 0, behind = 0, blurred = 0;
  for (std::size_t r = 0; r < n; ++r) {
    double dots = 0;
    for (std::size_t d = 0; d < places; ++d) dots += double(x(r, d));
    before += dots == 1 && x(r, places - 1) == 1 ? 1 / double(n) : 0;
    behind += dots == 1 && x(r, 1) == 1 ? 1 / double(n) : 0;
  }
  for (const std::size_t d : {std::size_t(1), places - 1}) blurred += double(means(d)) / 2;
  page.table({"of 4,000 draws for a dot in the first place", "share"},
             {{"a dot in the place before it", text("%.3f", before)},
              {"a dot in the place behind it", text("%.3f", behind)},
              {"anything else", text("%.3f", 1 - before - behind)},
              {"the mean at these two places", text("%.3f", blurred)}});
  page.check(bound <= found && found <= truth, "the bound is below log p(x|c), and that below the entropy");
  page.check(found > truth - 0.15, "the conditional VAE is within 0.15 nats of the truth");
  page.check(found > regressor + 0.4, "no independent pixels come near it");
  page.check(before > 0.4 && behind > 0.4, "its draws are one answer or the other");
  page.check(std::abs(blurred - 0.5) < 0.1, "their mean is half of each, as a regressor has it");
}

// Data of a model, and the same with every second pixel missing by chance.
struct Halves {
  Halves(const LinearGaussian& model, std::size_t N, std::uint32_t epoch) {
    Evaluation scope;
    const Stream noise = Stream().at_epoch(epoch);
    whole = decode(model, generate(model, N, noise.at(Purpose::prior)))->sample(noise.at(Purpose::output));
    const Array u = uniform(noise.at(Purpose::missing), whole.shape());
    x = where(constant(u) < 0.5, constant(full(whole.shape(), std::nan(""))), constant(whole)).value();
  }
  double error(const Array& y) const { return error_at_missing(x, whole, y); }

  Array whole, x;
};

// Ascends the bound of 5 weighted samples.
void learn(LinearGaussian& model, Model& as, const Array& x) {
  nn::Adam adam(model.parameters());
  const std::uint32_t steps = 300;
  for (std::uint32_t i = 0; i < steps; ++i) {
    adam.alpha = 0.05 * std::pow(0.02, double(i) / steps);  // to a fiftieth
    Step step;
    const Var log_w = log_weights(as, constant(x), 5, Stream().at_epoch(i));
    adam.step(backward(-mean(importance_weighted_bound(log_w, 5))));
  }
}

void missing_pixels(Page& page) {
  LinearGaussian truth({8, {2}}, Stream().at_epoch(3)), masked({8, {2}}, Stream().at_epoch(4)),
      zeros = masked;
  Observed of_truth(truth), of_masked(masked);
  const Halves training(truth, 300, 1), test(truth, 300, 2);

  // Learn from what is observed; and from zeros in the place of what is not.
  learn(masked, of_masked, training.x);
  learn(zeros, zeros, (where(constant(observed(training.x)), constant(training.x), 0)).value());
  Evaluation scope;
  const auto log_px = [&](const LinearGaussian& model) {
    return double(mean(model.log_px(constant(test.whole))).item());
  };
  const double by_truth = log_px(truth), by_masked = log_px(masked), by_zeros = log_px(zeros);
  page.say("Half of the pixels of 300 data are missing. log p(x) of 300 others, whole, on average:");
  page.number("of the model that made them", by_truth);
  page.number("of one learned from the observed pixels", by_masked);
  page.number("of one learned with zeros, as if they had been seen", by_zeros);

  // Fill in, by the learned model; and as the truth has it, E[x_m|x_o] = W E[z|x_o] + b.
  const ByQuadrature exact(of_truth, 40);
  const State nothing = {300, {}, {}, {}};
  const Var z = exact.true_posterior(nothing, constant(test.x))->mean();
  const FilledIn filled = fill_in(of_masked, test.x, 500, 1, Stream());
  const Array best = decode(truth, {z})->mean().value(),
              unweighted =
                  decode(masked, {posterior(of_masked, {}, constant(test.x), 1)->mean()})->mean().value();
  const double best_error = test.error(best), found = test.error(filled.mean),
               drawn = test.error(filled.draws), plain = test.error(unweighted),
               means = test.error(pixel_means(training.x));
  page.table({"filled in at the missing pixels", "root mean square error"},
             {{"E[x_m|x_o], exactly", text("%.4f", best_error)},
              {"its mean by weighted draws, learned", text("%.4f", found)},
              {"a draw, learned", text("%.4f", drawn)},
              {"the decoder at the mean of q, without weights", text("%.4f", plain)},
              {"the mean of each pixel", text("%.4f", means)}});
  page.check(by_masked > by_truth - 0.3, "what is missing need not be known: the model is learned");
  page.check(by_zeros < by_truth - 1, "zeros that are scored teach another model");
  page.check(found < 1.05 * best_error, "weighted draws fill in as well as the truth, to 5 %");
  page.check(means > 1.1 * found,
             "the mean of each pixel, which knows nothing of the others, is farther away");
  page.check(std::abs(drawn / (std::sqrt(2.0) * found) - 1) < 0.1,
             "a draw has twice the variance: it is another of the things that may have been there");
}

}  // namespace

std::vector<Lesson> lessons_on_conditions() {
  return {
      {"several-answers", "M7",
       "A conditional VAE gives one of several answers, where a regressor gives their mean.",
       "Kingma et al. 2014, section 2.2; Sohn et al. 2015, eq. 4; Doersch 2016, section 3",
       "  log p(x|c) ≥ E_q log p(x|z, c) − KL(q(z|x, c) ‖ p(z|c))", several_answers,
       "vae/conditional.h, vae/vae.cpp"},
      {"missing-pixels", "B16",
       "Missing pixels are integrated out, and drawn given the others: zeros in their place are data.",
       "Mattei & Frellsen 2019, eq. 4 and 12; Rubin 1976",
       "  log p(x_o) = log ∫ p(z) Π_{d ∈ o} p(x_d|z) dz          E[x_m|x_o] ≈ Σ_k w_k E[x_m|z_k] / Σ_k w_k",
       missing_pixels, "vae/missing.h, vae/missing.cpp"},
  };
}

}  // namespace tools
