// Lessons on learning θ and φ: by gradient, by expectation-maximization, and what is lost on the way.
#include <algorithm>
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/diagnosis/active_units.h"
#include "vae/exact/ppca.h"

namespace tools {

namespace {

using namespace vae;

// N data of D pixels whose variance lies in a few directions.
Array data_with_variances(std::size_t N, const std::vector<double>& deviations) {
  const std::size_t D = deviations.size();
  Array x = normal(Stream().at_epoch(60), {N, D});
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t d = 0; d < D; ++d) x(i, d) *= deviations[d];
  // Turned, so that no pixel is one of the directions: reflect in the hyperplane across (1, …, 1).
  for (std::size_t i = 0; i < N; ++i) {
    double sum = 0;
    for (std::size_t d = 0; d < D; ++d) sum += x(i, d);
    for (std::size_t d = 0; d < D; ++d) x(i, d) -= 2 * sum / double(D);
  }
  return x;
}

double mean_log_px(const LinearGaussian& model, const Array& x) {
  Evaluation scope;
  return mean(model.log_px(constant(x))).item();
}

// `steps` of Adam on the bound of all data, the learning rate falling to a fiftieth. `frozen` parameters
// stay.
void train(LinearGaussian& model, const Array& x, int steps, const std::string& frozen = "") {
  nn::NamedParameters moved;
  for (const auto& [name, p] : model.parameters())
    if (name != frozen) moved.emplace_back(name, p);
  nn::Adam adam(moved, Real(0.03));
  for (int i = 0; i < steps; ++i) {
    adam.alpha = 0.03 * std::pow(0.02, double(i) / steps);  // to a fiftieth
    Step step;
    adam.step(backward(
        -mean(elbo(model, constant(x), 1, KLForm::analytic, Stream().at_epoch(std::uint32_t(i))).elbo)));
  }
}

void gradient_ascent(Page& page) {
  const Array x = data_with_variances(100, {3, 2, 1.5, 0.5, 0.5, 0.5});
  const PrincipalComponents components(x);
  LinearGaussian model({6, {2}, Covariance::isotropic, Covariance::full}, Stream().at_epoch(20));
  const double before = mean_log_px(model, x), best = maximum_log_px(components, 2);
  train(model, x, 4000);
  const double after = mean_log_px(model, x);
  page.number("log p(x), random weights, mean over the data", before);
  page.number("after 4,000 steps of Adam on the sampled bound", after);
  page.number("the maximum, in closed form from the eigenvalues", best);
  page.check(after <= best + 1e-9, "nothing exceeds the maximum");
  page.check(best - after < 0.01, "ascent on θ and φ together reaches it, to 0.01 nats");
}

void expectation_maximization(Page& page) {
  const Array x = data_with_variances(100, {3, 2, 1.5, 0.5, 0.5, 0.5});
  const double best = maximum_log_px(PrincipalComponents(x), 2);
  LinearGaussian model({6, {2}}, Stream().at_epoch(20));
  std::vector<std::vector<std::string>> rows;
  bool monotone = true, tight = true;
  double last = -1e300;
  for (int i = 0; i <= 1000; ++i) {
    const double log_px = mean_log_px(model, x);
    monotone = monotone && log_px >= last - 1e-11;
    last = log_px;
    if (i == 0 || i == 1 || i == 10 || i == 100 || i == 1000) {
      LinearGaussian at_q = model;
      at_q.set_posterior_exact();
      Evaluation scope;
      const double bound = mean(at_q.expected_bound(constant(x)).elbo).item();
      tight = tight && std::abs(bound - log_px) < 1e-10;
      rows.push_back({std::to_string(i), text("%.6f", log_px), text("%.1e", log_px - bound),
                      text("%.2e", best - log_px)});
    }
    em_step(model, x);
  }
  page.table({"EM steps", "log p(x)", "less the bound after the E-step", "below the maximum"}, rows);
  page.check(monotone, "log p(x) never falls: each step ascends a bound that touches it");
  page.check(tight, "after the E-step the bound is log p(x)");
  page.check(best - last < 1e-6,
             "EM arrives at the maximum. It needs the posterior, which a deep decoder does not give: hence "
             "an encoder");
}

void collapse(Page& page) {
  const std::vector<double> deviations = {3, 2, 1.4, 0.8, 0.6, 0.4};
  const Array x = data_with_variances(200, deviations);
  const PrincipalComponents components(x);
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  for (const double sigma2 : {0.5, 1.0, 2.5, 6.0, 12.0}) {
    const std::vector<bool> predicted = predicted_collapse(components, 4, sigma2);
    LinearGaussian model({6, {4}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(20));
    for (const auto& [name, p] : model.parameters())
      if (name == "decoder.log_var") p->update().fill(std::log(sigma2));
    train(model, x, 2000, "decoder.log_var");
    Evaluation scope;
    const std::size_t active = active_units(model, x, 1, Stream())[0],
                      expected = std::size_t(std::count(predicted.begin(), predicted.end(), false));
    rows.push_back({text("%g", sigma2), std::to_string(expected), std::to_string(active)});
    all = all && active == expected;
  }
  std::string variances;
  for (const double v : components.variances) variances += text(" %.2f", v);
  page.say("Eigenvalues of the data's covariance:" + variances +
           ". Four latents; a latent lives if its eigenvalue exceeds σ².");
  page.table({"σ² fixed at", "active, predicted", "active after training"}, rows);
  page.check(all, "how many latents collapse is known before training: those with λ_i ≤ σ²");
}

void sigma_and_balance(Page& page) {
  const Array x = data_with_variances(200, {3, 2, 1.4, 0.8, 0.6, 0.4});
  const PrincipalComponents components(x);
  const double D = 6, best = components.mean_of_rest(3);
  std::vector<std::vector<std::string>> rows;
  std::vector<double> kls, errors, log_pxs;
  for (const double sigma2 : {0.01, 0.1, best, 1.0, 3.0, 8.0}) {
    LinearGaussian model({6, {3}}, Stream());
    set_maximum_likelihood(model, components, sigma2);
    model.set_posterior_exact();
    Evaluation scope;
    const Bound bound = model.expected_bound(constant(x));
    const double kl = mean(bound.kl).item(), reconstruction = mean(bound.reconstruction).item();
    // E |x − Wz − b|², of reconstruction = −½ [ D log 2πσ² + E |x − Wz − b|² / σ² ]
    const double error = sigma2 * (-2 * reconstruction - D * std::log(2 * M_PI * sigma2));
    kls.push_back(kl), errors.push_back(error), log_pxs.push_back(mean(bound.elbo).item());
    rows.push_back({text("%.3f", sigma2), text("%.2f", 0.5 / sigma2), text("%.3f", error), text("%.3f", kl),
                    text("%.3f", log_pxs.back())});
  }
  page.say("Probabilistic PCA of six pixels with three latents, W the best at each σ², q the posterior:");
  page.table({"σ²", "1/2σ²", "E|x − Wz − b|²", "KL", "log p(x)"}, rows);
  page.check(std::is_sorted(kls.rbegin(), kls.rend()) && std::is_sorted(errors.begin(), errors.end()),
             "σ² weighs the squared error against the KL: a smaller one buys a smaller error with more nats");
  page.check(std::max_element(log_pxs.begin(), log_pxs.end()) - log_pxs.begin() == 2 &&
                 std::abs(log_pxs[2] - maximum_log_px(components, 3)) < 1e-10,
             "log p(x) itself is largest where σ² is the mean of the eigenvalues left out");

  // Of three data, whose covariance has two directions only.
  Array three = empty({3, 6});
  std::copy_n(x.data(), three.size(), three.data());
  const PrincipalComponents few(three);
  std::vector<double> at;
  for (const double sigma2 : {1e-2, 1e-4, 1e-6}) {
    LinearGaussian model({6, {2}}, Stream());
    set_maximum_likelihood(model, few, sigma2);
    at.push_back(mean_log_px(model, three));
    page.number(text("log p(x) of three data with two latents, σ² = %g", sigma2).c_str(), at.back());
  }
  const double each = 0.5 * (D - 2) * std::log(100.0);
  page.check(std::abs(at[1] - at[0] - each) < 1e-2 && std::abs(at[2] - at[1] - each) < 1e-3,
             "where the model can reproduce the data, log p(x) rises without end as σ → 0");
}

void factor_analysis(Page& page) {
  // One factor moves all pixels alike; the noise of the last pixel is far larger than the others'.
  const std::size_t N = 400, D = 5;
  Array x = normal(Stream().at_epoch(61), {N, D});
  const Array factor = normal(Stream().at_epoch(62), {N, 1});
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t d = 0; d < D; ++d) x(i, d) = factor(i, 0) + (d + 1 == D ? 4 : 0.5) * x(i, d);
  std::vector<std::vector<std::string>> rows;
  bool monotone = true;
  double log_px[2] = {}, of_last[2] = {};
  for (const bool diagonal : {false, true}) {
    LinearGaussian model({D, {1}, diagonal ? Covariance::diagonal : Covariance::isotropic},
                         Stream().at_epoch(20));
    double last = -1e300;
    for (int i = 0; i < 300; ++i) {
      em_step(model, x);
      log_px[diagonal] = mean_log_px(model, x);
      monotone = monotone && log_px[diagonal] >= last - 1e-10;
      last = log_px[diagonal];
    }
    std::vector<std::string> row = {diagonal ? "factor analysis" : "pPCA"};
    for (const auto& [name, p] : model.parameters())
      if (name == "decoder.weight")
        for (std::size_t d = 0; d < D; ++d)
          row.push_back(text("%+.2f", p->value()(d, 0))),
              of_last[diagonal] = std::abs(p->value()(d, 0)) / std::abs(p->value()(0, 0));
    row.push_back(text("%.4f", log_px[diagonal]));
    rows.push_back(row);
  }
  page.say("400 data: one factor with weight 1 in all five pixels, noise 0.5, but 4 in the last.");
  page.table({"after 300 steps of EM", "W₁", "W₂", "W₃", "W₄", "W₅", "log p(x), mean"}, rows);
  page.check(monotone, "log p(x) never falls, with either noise");
  page.check(
      of_last[0] > 3 && of_last[1] < 2,
      "one σ² for all pixels mistakes the loudest for the factor; a σ² for each finds what they share");
  page.check(log_px[1] > log_px[0] + 0.1, "and is more probable");
}

// q and θ ascend the sampled bound together, with q in another family each time.
void no_big_deal(Page& page) {
  const Array x = data_with_variances(100, {3, 2, 1.5, 0.5, 0.5, 0.5});
  const double best = maximum_log_px(PrincipalComponents(x), 2);
  std::vector<std::vector<std::string>> rows;
  std::vector<double> log_px, gap;
  const auto learn = [&](const char* name, Covariance family, const char* frozen) {
    LinearGaussian model({6, {2}, Covariance::isotropic, family}, Stream().at_epoch(20));
    train(model, x, 4000, frozen);
    log_px.push_back(mean_log_px(model, x));
    Evaluation scope;
    gap.push_back(log_px.back() - mean(model.expected_bound(constant(x)).elbo).item());
    rows.push_back({name, text("%.4f", log_px.back() - gap.back()), text("%.4f", gap.back()),
                    text("%.4f", best - log_px.back())});
  };
  learn("any Gaussian, linear in x", Covariance::full, "");
  learn("diagonal Gaussians, linear in x", Covariance::diagonal, "");
  learn("an encoder whose weights stay as drawn", Covariance::full, "posterior.0.weight");
  page.number("the greatest log p(x) of the model, mean over the data", best);
  page.table({"q ranges over", "bound", "KL(q ‖ p(z|x))", "log p(x) lost by θ"}, rows);
  page.check(best - log_px[0] < 0.02 && gap[0] < 0.02, "a q that can be the posterior costs nothing");
  page.check(best - log_px[1] < 0.02 && gap[1] < 0.02,
             "nor does a diagonal one here: θ turns W until the posterior is diagonal");
  page.check(
      best - log_px[2] > 0.1,
      "one that cannot follow x does: θ leaves the maximum for where q fits, so the learned model is worse");
}

}  // namespace

std::vector<Lesson> lessons_on_learning() {
  return {
      {"gradient-ascent", "E11",
       "Stochastic gradient ascent on θ and φ together reaches the maximum, where it is known.",
       "Kingma & Welling 2013, algorithm 1; Tipping & Bishop 1999, eq. 7–8",
       "  θ, φ += rate · ∇ ELBO(θ, φ; x)", gradient_ascent, "vae/exact/ppca.cpp, tools/run/train.cpp"},
      {"expectation-maximization", "E9",
       "Fix q and maximize over θ, fix θ and maximize over q: exact EM, if the posterior is to be had.",
       "Dempster, Laird & Rubin 1977; Neal & Hinton 1998; Tipping & Bishop 1999",
       "  E: q ← p_θ(z|x)     M: θ ← argmax E_q log p_θ(x, z)", expectation_maximization,
       "vae/exact/ppca.cpp (em_step)"},
      {"sigma", "M3", "σ of a Gaussian output is what weighs the terms of the bound, and can be learned.",
       "Doersch 2016, section 2.4; Rybkin et al. 2021, section 3; Tipping & Bishop 1999, eq. 8",
       "  E log p(x|z) = −½ [ D log 2πσ² + E|x − μ(z)|² / σ² ]", sigma_and_balance,
       "vae/likelihood.h (maximize_sigma), vae/exact/ppca.h"},
      {"collapse", "B1", "Posterior collapse of a linear VAE is predicted by the eigenvalues of the data.",
       "Lucas et al. 2019, section 4; Tipping & Bishop 1999", "  latent i collapses  ⇔  λ_i ≤ σ²", collapse,
       "vae/exact/ppca.cpp (predicted_collapse), vae/diagnosis/active_units.cpp"},
      {"factor-analysis", "B13",
       "With a noise variance for each pixel, a loud pixel is not taken for a factor.",
       "Rubin & Thayer 1982; Bishop 2006, section 12.2.4", "  p(x|z) = N(W z + b, Ψ),   Ψ diagonal",
       factor_analysis, "vae/exact/ppca.cpp (em_step)"},
      {"no-big-deal", "Q5", "Is the approximation no big deal? As far as q can follow the posterior.",
       "Doersch 2016, section 2; Lucas et al. 2019, section 4",
       "  max_θ [ log p_θ(x) − min_q KL(q ‖ p_θ(z|x)) ] is elsewhere than max_θ log p_θ(x)", no_big_deal,
       "vae/exact/linear_gaussian.cpp, vae/diagnosis/gaps.cpp"},
  };
}

}  // namespace tools
