// Lessons on the Kullback-Leibler divergence: what it is, what a diagonal covariance costs, and what wrong
// formulas of it cost.
#include <cmath>
#include <functional>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "nn/optimizers/adam.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;
using nn::MultivariateNormal;

Var number(double v) { return constant(full({1, 1}, v)); }

nn::Normal normal_1d(double mu, double sigma) { return {number(mu), number(2 * std::log(sigma))}; }

// ∫ q log q/p over a grid of 20 standard deviations of q
double kl_by_quadrature(double mu_q, double sigma_q, double mu_p, double sigma_p) {
  const int n = 20001;
  const double h = 40 * sigma_q / (n - 1);
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double z = mu_q - 20 * sigma_q + h * i, a = (z - mu_q) / sigma_q, b = (z - mu_p) / sigma_p;
    const double log_q = -0.5 * (nn::log_2pi + a * a) - std::log(sigma_q);
    const double log_p = -0.5 * (nn::log_2pi + b * b) - std::log(sigma_p);
    sum += h * std::exp(log_q) * (log_q - log_p);
  }
  return sum;
}

void divergence(Page& page) {
  Evaluation scope;
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  const double cases[][4] = {
      {0.5, 0.7, 0, 1}, {0, 1, 0.5, 0.7}, {-2, 0.01, 0, 1}, {0, 30, 0, 1}, {3, 2, 3, 2}};
  for (const auto& [mu_q, sigma_q, mu_p, sigma_p] : cases) {
    const nn::Normal q = normal_1d(mu_q, sigma_q), p = normal_1d(mu_p, sigma_p);
    const double closed = kl(q, p).item(), quadrature = kl_by_quadrature(mu_q, sigma_q, mu_p, sigma_p);
    const nn::Normal many_q(broadcast_to(q.mu, {20000, 1}), broadcast_to(q.log_var, {20000, 1})),
        many_p(broadcast_to(p.mu, {20000, 1}), broadcast_to(p.log_var, {20000, 1}));
    const Var z = many_q.rsample(Stream());
    const Average sampled = average((many_q.log_prob(z) - many_p.log_prob(z)).value());
    rows.push_back({text("N(%g, %g²) ‖ N(%g, %g²)", mu_q, sigma_q, mu_p, sigma_p), text("%.6f", closed),
                    text("%.6f", quadrature), as_text(sampled)});
    all =
        all && std::abs(closed - quadrature) < 1e-8 * (1 + closed) && agrees(sampled, closed) && closed >= 0;
  }
  page.table({"KL(q ‖ p), nats", "closed form", "quadrature", "20,000 samples"}, rows);
  page.check(all, "the three agree, and none is below 0");
  page.check(
      kl(normal_1d(0.5, 0.7), normal_1d(0, 1)).item() != kl(normal_1d(0, 1), normal_1d(0.5, 0.7)).item(),
      "exchanging q and p gives another number");
  const double tiny = kl(normal_1d(0, 1 + 1e-9), normal_1d(0, 1)).item();
  page.number("of q and p that differ by one part in 10⁹ (the terms cancel)", tiny);
  page.check(std::abs(tiny - 1e-18) < 1e-24, "its digits are kept: (10⁻⁹)² to six digits");
}

void mean_field(Page& page) {
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  for (const std::size_t Z : {2u, 3u, 5u}) {
    Evaluation scope;
    LinearGaussian model({Z + 2, {Z}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(50));
    model.set_posterior_exact();
    const Var x = constant(normal(Stream(), {1, Z + 2}));
    const double missed = model.log_px(x).item() - model.expected_bound(x).elbo.item();
    // P = I + WᵀW/σ²
    Array W, log_var;
    for (const auto& [name, parameter] : model.parameters()) {
      if (name == "decoder.weight") W = parameter->value();
      if (name == "decoder.log_var") log_var = parameter->value();
    }
    const Var P =
        matmul(constant(W), constant(W), true) * std::exp(-log_var(0)) + diag(constant(full({Z}, 1)));
    const double gap = 0.5 * (sum(log(diagonal(P))) - logdet(P)).item();
    rows.push_back({std::to_string(Z), text("%.10f", missed), text("%.10f", gap)});
    all = all && std::abs(missed - gap) < 1e-10;
  }
  page.say("What the best diagonal q leaves of log p(x), which the full one reaches:");
  page.table({"latents", "log p(x) − bound", "½(Σ log P_ii − log det P)"}, rows);
  page.check(all,
             "they are equal to 1e-10: the price of a diagonal covariance, known from θ without training q");
}

void why_diagonal(Page& page) {
  Evaluation scope;
  const std::size_t n = 40000, Z = 3;
  // q = N(m, Σ) with a full Σ
  Array L = zeros({1, Z, Z});
  const double entries[] = {0.9, 0, 0, -0.4, 0.6, 0, 0.3, 0.5, 1.2};
  for (std::size_t i = 0; i < 9; ++i) L.data()[i] = entries[i];
  const Array m = array({1, Z}, {0.2, -1, 0.4});
  const auto rows_of = [&](const Array& a, const Shape& s) { return broadcast_to(constant(a), s); };
  const MultivariateNormal q(constant(m), constant(L)), many(rows_of(m, {n, Z}), rows_of(L, {n, Z, Z}));
  const double closed = kl(q, nn::Normal::standard({1, Z})).item();
  const Var z = many.rsample(Stream());
  const Average sampled = average((many.log_prob(z) - nn::Normal::standard({n, Z}).log_prob(z)).value());
  const Var S = matmul(constant(L), constant(L), false, true);
  const double formula = 0.5 * (sum(trace(S)) + sum(square(constant(m))) - double(Z) - sum(logdet(S))).item();
  page.number("½ (tr Σ + μᵀμ − k − log det Σ), Σ full", formula);
  page.number("kl of nn/distributions/multivariate_normal.cpp", closed);
  page.say("40,000 samples: " + as_text(sampled) + " nats.");
  page.check(std::abs(closed - formula) < 1e-12, "the closed form holds for any Σ; it needs no diagonal one");
  page.check(agrees(sampled, closed), "the samples agree");
  page.say(
      "A diagonal Σ is only cheaper: Z numbers in the place of Z(Z+1)/2, and no Cholesky factor. What it "
      "costs is in the lesson "
      "mean-field.");
}

// ---- wrong formulas ---------------------------------------------------------------------------------------

// Moves φ by gradient ascent of `objective`, and returns the true bound that it ends with.
double bound_after(const std::function<Var(const nn::Normal& q, const Bound& bound)>& objective,
                   const Array& x) {
  LinearGaussian model({4, {2}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(40));
  nn::NamedParameters phi;
  model.visit_posterior([&](const std::string& name, Parameter& p) { phi.emplace_back(name, &p); });
  nn::Adam adam(phi, Real(0.02));
  for (int i = 0; i < 1500; ++i) {
    Step step;
    const Density q = posterior(model, {}, constant(x), 1);
    adam.step(
        backward(-mean(objective(dynamic_cast<const nn::Normal&>(*q), model.expected_bound(constant(x))))));
  }
  Evaluation scope;
  return mean(model.expected_bound(constant(x)).elbo).item();
}

void wrong_kl(Page& page) {
  LinearGaussian model({4, {2}, Covariance::isotropic, Covariance::diagonal}, Stream().at_epoch(40));
  Array x;
  double log_px = 0;
  {
    Evaluation scope;
    x = data_of(model, 50, 3);
    log_px = mean(model.log_px(constant(x))).item();
  }
  // Per latent, with m = μ², v = σ², l = log σ²: KL = ½ (m + v − 1 − l).
  struct Wrong {
    const char* what;
    std::function<Var(Var m, Var l)> kl;  // [B,Z]
  };
  const std::vector<Wrong> list = {
      {"right: ½ (μ² + σ² − 1 − log σ²)", [](Var m, Var l) { return 0.5 * (m + exp(l) - 1 - l); }},
      {"the half missing", [](Var m, Var l) { return m + exp(l) - 1 - l; }},
      {"the −1 missing (moves only the printed number)", [](Var m, Var l) { return 0.5 * (m + exp(l) - l); }},
      {"σ for σ²", [](Var m, Var l) { return 0.5 * (m + exp(0.5 * l) - 1 - 0.5 * l); }},
      {"log σ for log σ²", [](Var m, Var l) { return 0.5 * (m + exp(l) - 1 - 0.5 * l); }},
      {"the mean over latents, not their sum", [](Var m, Var l) { return 0.25 * (m + exp(l) - 1 - l); }},
      {"the sign of log σ²", [](Var m, Var l) { return 0.5 * (m + exp(l) - 1 + l); }},
      {"clamped to at least 1 nat per latent",
       [](Var m, Var l) { return maximum(0.5 * (m + exp(l) - 1 - l), 1); }},
      {"the encoder's draw for the prior (no KL)", [](Var m, Var l) { return 0 * (m + l); }},
  };
  std::vector<std::vector<std::string>> rows;
  double right = 0, moved = 0;
  std::vector<double> lost;
  for (const Wrong& wrong : list) {
    const double bound = bound_after(
        [&](const nn::Normal& q, const Bound& b) {
          return b.reconstruction - sum(wrong.kl(square(q.mu), q.log_var), {1});
        },
        x);
    if (rows.empty()) right = bound;
    lost.push_back(right - bound);
    rows.push_back({wrong.what, text("%.4f", bound), text("%.4f", right - bound)});
    if (rows.size() == 3) moved = right - bound;
  }
  page.number("log p(x), mean over 50 data", log_px);
  page.say("q trained with each KL, θ held, and then measured with the right one:");
  page.table({"KL", "bound, nats", "lost, nats"}, rows);
  page.check(right < log_px, "the right one stays below log p(x)");
  page.check(std::abs(moved) < 1e-6,
             "a missing −1 changes no gradient; the printed bound is too low by ½ nat for each latent");
  bool cost = true;
  for (const std::size_t k : {1u, 3u, 4u, 5u, 6u, 8u}) cost = cost && lost[k] > 0.01;
  page.check(cost, "every other error costs nats");
}

}  // namespace

std::vector<Lesson> lessons_on_divergences() {
  return {
      {"divergence", "E4", "KL(q ‖ p) is an expectation under q: never negative, and not symmetric.",
       "Kingma & Welling 2013, appendix B; Doersch 2016, eq. 7",
       "  KL(q ‖ p) = E_q [ log q − log p ] = ½ (tr Σ + μᵀμ − k − log det Σ) for p = N(0, I)", divergence,
       "nn/distributions/normal.cpp (kl)"},
      {"mean-field", "E12",
       "A diagonal q cannot reach a posterior with correlations; what it misses has a closed form.",
       "Bishop 2006, section 10.1.2",
       "  min_q KL = ½ (Σ_i log P_ii − log det P),   P the posterior's precision", mean_field,
       "vae/exact/linear_gaussian.cpp (set_posterior_exact)"},
      {"why-diagonal", "X7",
       "A common misstatement: Σ must be diagonal. The formula holds for any Σ; a diagonal one is only "
       "cheaper.",
       "Doersch 2016, eq. 7", "  KL(N(μ, Σ) ‖ N(0, I)) = ½ (tr Σ + μᵀμ − k − log det Σ)", why_diagonal,
       "nn/distributions/multivariate_normal.cpp (kl)"},
      {"wrong-kl", "W", "The KLs that teaching code keeps shipping, each with what it costs.",
       "Kingma & Welling 2013, appendix B, and its misprints", "  KL = ½ Σ (μ² + σ² − 1 − log σ²)", wrong_kl,
       "nn/distributions/normal.cpp (kl), vae/elbo.cpp"},
  };
}

}  // namespace tools
