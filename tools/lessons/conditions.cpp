// The lesson on conditional models (Sohn, Lee & Yan 2015): several answers where a regressor has their mean.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/lesson.h"
#include "tools/text.h"
#include "vae/conditional.h"
#include "vae/elbo.h"
#include "vae/exact/quadrature.h"
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

}  // namespace

std::vector<Lesson> lessons_on_conditions() {
  return {
      {"several-answers", "M7",
       "A conditional VAE gives one of several answers, where a regressor gives their mean.",
       "Kingma et al. 2014, section 2.2; Sohn et al. 2015, eq. 4; Doersch 2016, section 3",
       "  log p(x|c) ≥ E_q log p(x|z, c) − KL(q(z|x, c) ‖ p(z|c))", several_answers,
       "vae/conditional.h, vae/vae.cpp"},
  };
}

}  // namespace tools
