// Lessons on the prior p(z) = p(z₀) Π p(z_t|z_<t), and a posterior that factorises the same way.
#include <cmath>

#include "autograd/ops.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/pixels_as_latents.h"

namespace tools {

namespace {

using namespace vae;

void hierarchical_bound(Page& page) {
  Evaluation scope;
  const LinearGaussian model({4, {2, 3, 1}, Covariance::diagonal}, Stream().at_epoch(20));
  const std::size_t n = 20000;
  const Array datum = normal(Stream().at_epoch(9), {1, 4});
  const Bound truth = model.expected_bound(constant(datum));
  const Bound analytic = elbo(model, constant(copies(datum, n)), 1, KLForm::analytic, Stream()),
              sampled = elbo(model, constant(copies(datum, n)), 1, KLForm::monte_carlo, Stream());
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  const auto row = [&](const std::string& name, double exact, const Array& a, const Array& b) {
    rows.push_back({name, text("%.5f", exact), as_text(average(a)), as_text(average(b))});
    all = all && agrees(average(a), exact) && agrees(average(b), exact);
  };
  row("E log p(x|z)", truth.reconstruction.item(), analytic.reconstruction.value(),
      sampled.reconstruction.value());
  double total = 0;
  for (std::size_t t = 0; t < 3; ++t) {
    total += truth.kl_per_level[t].item();
    row("E KL" + std::to_string(t), truth.kl_per_level[t].item(), analytic.kl_per_level[t].value(),
        sampled.kl_per_level[t].value());
  }
  row("bound", truth.elbo.item(), analytic.elbo.value(), sampled.elbo.value());
  page.table({"term, nats", "exactly", "closed KL, 20,000 z", "sampled KL"}, rows);
  page.number("log p(x)", model.log_px(constant(datum)).item());
  page.check(all, "every term agrees, level by level");
  page.check(std::abs(total - truth.kl.item()) < 1e-12, "the KLs of the levels add up to that of the bound");
  page.check(truth.elbo.item() < model.log_px(constant(datum)).item(), "the bound is below log p(x)");
}

void levels_held(Page& page) {
  const LinearGaussian model({4, {1, 1, 1, 1}}, Stream().at_epoch(20));
  Evaluation scope;
  const std::size_t n = 20000;
  const Latents drawn = generate(model, 1, Stream());
  std::vector<std::vector<std::string>> rows;
  std::vector<double> spread;
  for (std::size_t k = 0; k <= 4; ++k) {
    Latents above;
    for (std::size_t t = 0; t < k; ++t) above.push_back(broadcast_to(drawn[t], {n, 1}));
    const Array mean_x = decode(model, generate(model, n, Stream().at_epoch(1), above))->mean().value();
    const double variance = sum(var(constant(mean_x), {0})).item();
    spread.push_back(variance);
    rows.push_back({std::to_string(k), text("%.4f", variance)});
  }
  page.say(
      "20,000 images from one draw whose first k of 4 levels are held; the variance of E[x|z], summed over "
      "pixels:");
  page.table({"levels held", "variance"}, rows);
  bool falls = spread[4] < 1e-20;
  for (std::size_t k = 1; k < 5; ++k) falls = falls && spread[k] <= spread[k - 1] + 1e-9;
  page.check(falls, "each level held takes its part of the variance; with all held nothing is left");
}

void pixels_as_latents(Page& page) {
  Evaluation scope;
  const PixelsAsLatents model(6, Stream());
  // All 64 images.
  Array x = empty({64, 6});
  for (std::size_t i = 0; i < 64; ++i)
    for (std::size_t d = 0; d < 6; ++d) x(i, d) = i >> (5 - d) & 1;
  const Array truth = model.log_px(constant(x)).value();
  const Bound bound = elbo(model, constant(x), 1, KLForm::monte_carlo, Stream());
  double worst = 0, total = 0, reconstruction = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    worst = std::max(worst, std::abs(bound.elbo.value()(i) - truth(i)));
    reconstruction = std::max(reconstruction, std::abs(bound.reconstruction.value()(i)));
    total += std::exp(truth(i));
  }
  page.number("Σ p(x) over all 64 images of 6 pixels", total, "");
  page.number("largest |bound − Σ_t log p(x_t|x_<t)|", worst);
  page.number("largest |E log p(x|z)|", reconstruction);
  page.check(std::abs(total - 1) < 1e-12, "the autoregressive model is a distribution");
  page.check(worst < 1e-12, "with a level for each pixel the bound is its log-likelihood, exactly");
}

}  // namespace

std::vector<Lesson> lessons_on_hierarchies() {
  return {
      {"hierarchical-bound", "E14",
       "With several levels the bound has one KL for each, averaged over the levels above.",
       "Child 2020, section 2.2; Sønderby et al. 2016",
       "  E log p(x|z) − KL₀ − Σ_t E KL( q(z_t|z_<t, x) ‖ p(z_t|z_<t) )", hierarchical_bound,
       "vae/elbo.cpp, vae/autoregressive.cpp"},
      {"levels-held", "M8", "Sampling with the first levels held fixed varies what the others decide.",
       "Child 2020", "  z_t ~ p(z_t|z_<t), t ≥ k, with z_<k given", levels_held,
       "vae/descent.cpp (generate, given)"},
      {"pixels-as-latents", "M9",
       "Very deep VAEs generalize autoregressive models: let the latents be the pixels.",
       "Child 2020, proposition 1", "  z_t = x_t:   ELBO = Σ_t log p(x_t|x_<t)", pixels_as_latents,
       "vae/exact/pixels_as_latents.cpp"},
  };
}

}  // namespace tools
