// Lessons on p(x) = ∫ p(x|z) p(z) dz: what it is, and what it takes to average it.
#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/evidence/importance.h"
#include "vae/evidence/naive.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

// A model of Z latents and a datum drawn from it.
struct Case {
  LinearGaussian model;
  Array x;
  double log_px;
};

Case case_of(std::size_t Z, std::size_t D, std::uint32_t which = 0) {
  Evaluation scope;
  LinearGaussian model({D, {Z}}, Stream().at_epoch(10 * which));
  const Array x = data_of(model, 1, which);
  const double log_px = model.log_px(constant(x)).item();
  return {std::move(model), x, log_px};
}

void evidence(Page& page) {
  const Case c = case_of(1, 3);
  Evaluation scope;
  // The trapezoidal rule over z from −12 to 12, which for so smooth a function is exact to rounding.
  const std::size_t n = 2001;
  Array z = empty({n, 1});
  for (std::size_t i = 0; i < n; ++i) z(i, 0) = -12 + 24 * double(i) / double(n - 1);
  const Array joint = log_joint(c.model, constant(c.x), {constant(z)}).value();
  double integral = 0;
  for (const double l : joint) integral += std::exp(l) * 24 / double(n - 1);
  LinearGaussian exact = c.model;
  const double by_weights = log_weights(AtPosterior(exact), constant(c.x), 1, Stream()).item();
  page.number("log N(x; b, WWᵀ + σ²I), in closed form", c.log_px);
  page.number("log of the integral of p(x|z) p(z) over a grid of z", std::log(integral));
  page.number("log p(x, z) / p(z|x) at one z, any z", by_weights);
  page.check(std::abs(std::log(integral) - c.log_px) < 1e-10, "the grid agrees to 1e-10");
  page.check(std::abs(by_weights - c.log_px) < 1e-10, "the ratio to the posterior agrees to 1e-10");
}

void naive_monte_carlo(Page& page) {
  std::vector<std::vector<std::string>> rows;
  double worst_16 = 0, first_1 = 0, effective_16 = 1;
  for (const std::size_t Z : {1u, 2u, 4u, 8u, 16u}) {
    const Case c = case_of(Z, 2 * Z + 1);
    std::vector<std::string> row = {std::to_string(Z)};
    for (const std::size_t n : {10u, 100u, 1000u, 10000u}) {
      std::vector<double> errors;
      for (std::uint32_t repeat = 0; repeat < 9; ++repeat) {
        const Evidence e = naive_log_evidence(c.model, c.x, n, Stream().at_epoch(100 + repeat));
        errors.push_back(e.log_px[0] - c.log_px);
        if (Z == 16 && n == 10000) effective_16 = e.effective_samples[0];
      }
      std::sort(errors.begin(), errors.end());
      row.push_back(text("%+.2f", errors[4]));
      if (Z == 16 && n == 10000) worst_16 = errors[4];
      if (Z == 1 && n == 10000) first_1 = errors[4];
    }
    rows.push_back(row);
  }
  page.say("The error of log 1/n Σ p(x|z_i), in nats, the median of nine, by the number of latents and n:");
  page.table({"latents", "n = 10", "100", "1,000", "10,000"}, rows);
  page.number("effective sample size of 10,000 draws with 16 latents", effective_16, "draws");
  page.check(std::abs(first_1) < 0.1, "with one latent 10,000 draws are enough");
  page.check(worst_16 < -1, "with 16 they are not: the logarithm is biased low");

  // In p it is unbiased: average over many small estimates.
  const Case c = case_of(2, 3);
  std::vector<double> ratios, logs;
  for (std::uint32_t repeat = 0; repeat < 4000; ++repeat) {
    const double log_ratio =
        naive_log_evidence(c.model, c.x, 5, Stream().at_epoch(repeat)).log_px[0] - c.log_px;
    ratios.push_back(std::exp(log_ratio)), logs.push_back(log_ratio);
  }
  page.say("4,000 estimates from 5 draws each, of a model with 2 latents: their average p̂ / p is " +
           as_text(average(ratios)) + ", and of log p̂ − log p " + as_text(average(logs)) + " nats.");
  page.check(agrees(average(ratios), 1), "unbiased in p");
  page.check(average(logs).mean + 5 * average(logs).error < 0, "biased low in log p");
}

void where_q_looks(Page& page) {
  const std::size_t n = 10000;
  std::vector<std::vector<std::string>> rows;
  bool always = true;
  for (const std::size_t Z : {1u, 2u, 4u, 8u}) {
    Case c = case_of(Z, 3 * Z, 3);
    Evaluation scope;
    const double under_p = naive_log_evidence(c.model, c.x, n, Stream().at_epoch(5)).effective_samples[0];
    c.model.set_posterior_exact();
    for (const auto& [name, parameter] : c.model.parameters())  // not quite the posterior
      if (name == "posterior.0.bias") parameter->update() += 0.1;
    const double under_q = log_evidence(c.model, c.x, n, Stream()).effective_samples[0];
    rows.push_back({std::to_string(Z), text("%.0f", under_p), text("%.0f", under_q)});
    always = always && under_q > under_p;
  }
  page.say("The effective sample size of 10,000 draws of z for one x; q is the posterior moved by 0.1:");
  page.table({"latents", "z ~ p(z)", "z ~ q(z|x)"}, rows);
  page.check(always, "for most z of the prior p(x|z) is next to 0; q draws where it is not");
}

void ancestral_sampling(Page& page) {
  const std::size_t n = 100000;
  const LinearGaussian model({3, {2}}, Stream());
  Evaluation scope;
  const Latents z = generate(model, n, Stream().at(Purpose::prior));
  const Array x = decode(model, z)->sample(Stream().at(Purpose::output));
  const LinearGaussian::Joint u = model.joint();
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      std::vector<double> products;
      const double mi = u.mean.value()(0, 2 + i), mj = u.mean.value()(0, 2 + j);
      for (std::size_t r = 0; r < n; ++r) products.push_back((x(r, i) - mi) * (x(r, j) - mj));
      const double truth = u.covariance.value()(2 + i, 2 + j);
      rows.push_back({text("x%zu x%zu", i, j), as_text(average(products)), text("%.5f", truth)});
      all = all && agrees(average(products), truth);
    }
  page.table({"covariance", "of 100,000 samples", "(WWᵀ + σ²I)_ij"}, rows);
  page.check(all, "z ~ p(z), then x ~ p(x|z), has the moments of p(x)");
}

}  // namespace

std::vector<Lesson> lessons_on_integrals() {
  return {
      {"evidence", "E1", "p(x) is an integral over z, and sometimes it can be done.",
       "Kingma & Welling 2013, section 2.1; Doersch 2016, eq. 1; Tipping & Bishop 1999",
       "  p(x) = ∫ p(x|z) p(z) dz          linear-Gaussian: N(x; b, WWᵀ + σ²I)", evidence,
       "vae/exact/linear_gaussian.cpp (log_px), vae/descent.cpp (log_joint)"},
      {"ancestral-sampling", "M1", "A latent-variable model is sampled downwards: z ~ p(z), then x ~ p(x|z).",
       "Doersch 2016, section 1; Kingma & Welling 2013, section 2.1",
       "  z ~ N(0, I)   x ~ p(x|z)   =>   x ~ p(x)", ancestral_sampling,
       "vae/descent.cpp (generate, from_prior)"},
      {"naive-monte-carlo", "E2", "Averaging p(x|z) over draws from the prior needs a huge number of them.",
       "Doersch 2016, section 2", "  p(x) ≈ 1/n Σ p(x|z_i),   z_i ~ p(z)", naive_monte_carlo,
       "vae/evidence/naive.cpp"},
      {"where-q-looks", "E3",
       "For most z, p(x|z) is almost 0, so draws are wanted from a q(z|x) that knows where it is not.",
       "Doersch 2016, section 2.1", "  p(x) = E_q [ p(x|z) p(z) / q(z|x) ]", where_q_looks,
       "vae/evidence/importance.cpp"},
  };
}

}  // namespace tools
