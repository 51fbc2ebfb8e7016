// Lessons on statements that are often copied and wrong.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/normal.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/bounds/renyi.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

// log of the mean of e^l, over all of l
double log_mean(Var l) { return importance_weighted_bound(l, l.rows()).item(); }

void weights_needed(Page& page) {
  Evaluation scope;
  LinearGaussian model({10, {4}}, Stream().at_epoch(20));
  const Array x = data_of(model, 1, 2);
  model.set_posterior_exact();
  for (const auto& [name, p] : model.parameters())
    if (name == "posterior.0.bias") p->update() += 0.2;  // a good q, as a trained encoder is
  const std::size_t n = 50000;
  const std::vector<Level> levels = infer(model, constant(copies(x, n)), 1, Stream());
  const Var likelihood = log_likelihood(model, constant(copies(x, n)), levels);
  const double exact = model.log_px(constant(x)).item(), unweighted = log_mean(likelihood),
               weighted = log_mean(likelihood + log_p(levels) - log_q(levels));
  page.number("log p(x), exactly", exact);
  page.number("log of the mean of p(x|z), z ~ q, as misquoted", unweighted);
  page.number("log of the mean of p(x|z) p(z) / q(z|x)", weighted);
  page.check(std::abs(weighted - exact) < 0.05, "with the weights it is log p(x)");
  page.check(unweighted > exact + 1, "without them it is too large by nats");
}

void conditional_is_not_marginal(Page& page) {
  Evaluation scope;
  LinearGaussian model({6, {2}}, Stream().at_epoch(20));
  const Array x = data_of(model, 1, 4);
  Parameter *W = nullptr, *b = nullptr;
  for (const auto& [name, p] : model.parameters()) {
    if (name == "decoder.weight") W = p;
    if (name == "decoder.bias") b = p;
  }
  b->update().fill(0);
  // Two decoders that reproduce x: at z = (1, 0), and at z = (1/40, 0).
  const auto row = [&](const char* name, const Array& weight) {
    W->update() = weight;
    const Density nearest =
        true_posterior(model, {}, constant(x), 1);  // its mean is the best z, given the prior
    const Array f = decode(model, {nearest->mean()})->mean().value();
    double error = 0;
    for (std::size_t i = 0; i < 6; ++i) error += std::pow(x(0, i) - f(0, i), 2);
    return std::pair<std::vector<std::string>, std::pair<double, double>>(
        {name, text("%.4f", error), text("%.4f", model.log_px(constant(x)).item())},
        {error, model.log_px(constant(x)).item()});
  };
  Array towards = zeros({6, 2});  // W whose first column is x itself
  for (std::size_t i = 0; i < 6; ++i) towards(i, 0) = x(0, i);
  Array far = towards;
  far *= 40;
  const auto first = row("W = (x, 0): x at z = 1", towards),
             second = row("W = (40 x, 0): x at z = 1/40", far);
  page.table({"decoder", "‖f(z) − x‖² at the posterior's mean", "log p(x)"}, {first.first, second.first});
  page.check(second.second.first < first.second.first, "the second reproduces x better");
  page.check(second.second.second < first.second.second,
             "and gives it less probability: p(x) averages over all z, not the best one");
  page.say(
      "Only log p(x|z) for a given z is −‖f(z) − x‖²/2σ² + const.; log p(x) is a log-sum-exp of it over z.");
}

void over_z(Page& page) {
  Evaluation scope;
  // ∫ q(z|x) dz over a grid of z, by φ's own density: what is integrated over is z; φ is a parameter.
  const LinearGaussian model({3, {1}}, Stream().at_epoch(20));
  const Array x = data_of(model, 1, 1);
  const std::size_t n = 4001;
  Array z = empty({n, 1});
  for (std::size_t i = 0; i < n; ++i) z(i, 0) = -20 + 40 * double(i) / double(n - 1);
  const Array log_q = log_posterior(model, constant(copies(x, n)), {constant(z)}).value();
  double sum = 0, expected = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += std::exp(log_q(i)) * 40 / double(n - 1);
    expected += std::exp(log_q(i)) * z(i, 0) * 40 / double(n - 1);
  }
  const double mean = posterior(model, {}, constant(x), 1)->mean().item();
  page.number("∫ q_φ(z|x) dz", sum, "");
  page.number("∫ z q_φ(z|x) dz", expected, "");
  page.number("the mean that φ gives", mean, "");
  page.check(std::abs(sum - 1) < 1e-10 && std::abs(expected - mean) < 1e-8,
             "the integrals of the derivation are over z; φ is fixed in them");
}

void continuous_in_theta(Page& page) {
  // p(x = 1|z) = σ(θ) is a probability of a discrete x, and smooth in θ. A Dirac at θ > 0 is not.
  const Array x = full({1, 1}, 1);
  // log Dirac(x; θ > 0): the Bernoulli whose logit is ±∞
  const auto dirac = [&](double theta) {
    Evaluation scope;
    return nn::Bernoulli(constant(full({1, 1}, theta > 0 ? nn::infinity : -nn::infinity)))
        .log_prob(constant(x))
        .item();
  };
  std::vector<std::vector<std::string>> rows;
  bool smooth = true, flat = true;
  for (const double theta : {-2.0, -0.5, 0.5, 2.0}) {
    Step step;
    const Var t = variable(full({1, 1}, theta));
    const Var log_p = nn::Bernoulli(t).log_prob(constant(x));
    const double slope = backward(sum(log_p))[t](0, 0), expected = 1 / (1 + std::exp(theta));
    smooth = smooth && std::abs(slope - expected) < 1e-12;
    rows.push_back({text("%.1f", theta), text("%.4f", log_p.item()), text("%.4f", slope),
                    text("%g", dirac(theta) + 0.0)});
    flat = flat && dirac(theta - 0.01) == dirac(theta + 0.01);
  }
  page.table({"θ", "log Bernoulli(1; σ(θ))", "slope", "log Dirac(1; θ > 0)"}, rows);
  page.check(smooth, "p(x|z) of a discrete x is fine: it must be continuous in θ, not in x");
  page.check(flat && dirac(0.01) - dirac(-0.01) > 1e300,
             "a Dirac is flat in θ but for a jump without end: no slope says where to go");
  // And a Gaussian whose σ falls to 0 is the Dirac: its likelihood has no bound.
  std::vector<std::vector<std::string>> narrow;
  double last = -1e300;
  bool grows = true;
  for (const double log_var : {0.0, -5.0, -10.0, -20.0, -30.0}) {
    Evaluation scope;
    const Var m = constant(zeros({1, 1}));
    const double l = nn::Normal(m, constant(full({1, 1}, log_var))).log_prob(m).item();
    narrow.push_back({text("%.0f", log_var), text("%.4f", l)});
    grows = grows && l > last;
    last = l;
  }
  page.table({"log σ²", "log N(x; x, σ²)"}, narrow);
  page.check(grows,
             "no Dirac: as σ falls the density of a reproduced x grows without bound (log σ² is bounded in "
             "vae/networks.h)");
  page.say("And the latent belongs to a datum, all of its pixels together, not to a pixel.");
}

}  // namespace

std::vector<Lesson> lessons_on_misstatements() {
  return {
      {"weights-needed", "X1", "A common misstatement: p(x) ≈ E_q p(x|z). It needs the weights p(z)/q(z|x).",
       "Doersch 2016, section 2.1; Burda et al. 2016, eq. 8",
       "  p(x) = E_q [ p(x|z) p(z) / q(z|x) ] ≠ E_q p(x|z)", weights_needed, "vae/evidence/importance.cpp"},
      {"conditional-is-not-marginal", "X2",
       "A common misstatement: maximizing p(x) is minimizing ‖f(z) − x‖². Only given z.",
       "Doersch 2016, section 2", "  log p(x) = log ∫ e^(−‖f(z) − x‖²/2σ²) p(z) dz + const.",
       conditional_is_not_marginal, "vae/exact/linear_gaussian.cpp (log_px)"},
      {"over-z", "X6", "A common misstatement: the integrals of the derivation are over φ. All are over z.",
       "Kingma & Welling 2013, section 2.2", "  ∫ q_φ(z|x) dz = 1", over_z,
       "vae/descent.cpp (log_posterior)"},
      {"continuous-in-theta", "X10",
       "A common misstatement: p(x|z) must be continuous. It must be so in θ; a Bernoulli is fine, a Dirac "
       "is not.",
       "Doersch 2016, section 1", "  ∂/∂θ log Bernoulli(x; σ(θ)) = x − σ(θ)", continuous_in_theta,
       "vae/likelihood.cpp"},
  };
}

}  // namespace tools
