// Lessons on estimators beyond the plain ones: tighter bounds, gradients with less variance, intervals for
// log p(x), and what says whether a number can be trusted.
#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/bounds/renyi.h"
#include "vae/diagnosis/calibration.h"
#include "vae/diagnosis/likelihood_check.h"
#include "vae/evidence/annealed.h"
#include "vae/evidence/importance.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/gradients/path_derivative.h"
#include "vae/vae.h"

namespace tools {

namespace {

using namespace vae;

Array a_datum() { return array({1, 3}, {0.4, -0.8, 1.1}); }

LinearGaussian hierarchy() { return LinearGaussian({3, {2, 1, 2}}, Stream().at_epoch(20)); }

// n estimates of the gradient in φ, and what the court says of them.
Finding spread(LinearGaussian& model, std::uint32_t n, const std::function<Var(const Stream&)>& objective) {
  const Estimates found = repeated(n, [&](std::uint32_t i) {
    Step step;
    return gradient_in_phi(model, objective(Stream().at_epoch(i)));
  });
  return compared(found, found.mean);
}

void importance_weighted(Page& page) {
  LinearGaussian model = hierarchy();
  model.set_posterior_exact();
  for (const auto& [name, p] : model.parameters())
    if (name == "posterior.0.bias") p->update() += 0.5;
  Evaluation scope;
  const double truth = model.log_px(constant(a_datum())).item();
  std::vector<std::vector<std::string>> rows;
  double last = -1e300;
  bool rises = true, below = true;
  for (const std::size_t K : {1u, 4u, 16u, 64u, 256u}) {
    const Var log_w =
        log_weights(model, constant(copies(a_datum(), 500)), K, Stream().at_epoch(std::uint32_t(K)));
    const Average bound = average(importance_weighted_bound(log_w, K).value());
    rows.push_back({std::to_string(K), as_text(bound), text("%.4f", truth - bound.mean)});
    rises = rises && bound.mean > last;
    below = below && bound.mean < truth + 5 * bound.error;
    last = bound.mean;
  }
  page.number("log p(x)", truth);
  page.table({"K", "E log 1/K Σ w", "below log p(x)"}, rows);
  page.check(rises && below, "the bound rises with K, and stays below log p(x)");
  // The order of the family: Rényi bounds fall with α.
  const Var log_w = log_weights(model, constant(copies(a_datum(), 20)), 20000, Stream());
  std::vector<std::vector<std::string>> family;
  double previous = 1e300;
  bool falls = true;
  for (const double alpha : {-1.0, 0.0, 0.5, 1.0, 2.0}) {
    const double l = mean(renyi_bound(log_w, 20000, alpha)).item();
    family.push_back({text("%g", alpha), text("%.4f", l),
                      alpha < 0    ? "of an upper bound (CUBO₂)"
                      : alpha == 0 ? "log p(x)"
                      : alpha == 1 ? "ELBO"
                                   : "lower bound"});
    falls = falls && l < previous;
    previous = l;
  }
  page.table({"α", "L_α of 20,000 weights", ""}, family);
  page.check(falls, "one family: it falls as α rises");
}

void path_derivatives(Page& page) {
  LinearGaussian model = hierarchy();
  model.set_posterior_exact();
  const auto x = [] { return constant(a_datum()); };
  const auto plain = [&](const Stream& s) { return pathwise(model, x(), 1, 1, s).value; };
  const auto landing = [&](const Stream& s) { return sticking_the_landing(model, x(), 1, 1, s).value; };
  const double at_plain = spread(model, 300, plain).variance,
               at_landing = spread(model, 300, landing).variance;
  page.say("Three levels, and q the posterior: the exact gradient in φ is 0.");
  page.number("variance of the plain derivative, summed over φ", at_plain, "");
  page.number("without the score ∂ log q/∂φ: sticking the landing", at_landing, "");
  page.check(at_plain > 1, "the plain derivative trembles where there is nothing left to learn");
  page.check(at_landing < 1e-16, "the path alone does not, if it leads through z_<t, too");
  page.say(
      "Code that cuts z_<t off from φ inside the conditionals loses this: see `elbo court \"cut off\"`.");
}

void signal_and_noise(Page& page) {
  LinearGaussian model({3, {2}}, Stream().at_epoch(20));
  std::vector<std::vector<std::string>> rows;
  double first = 0, last = 0;
  bool above = true;
  for (const std::size_t K : {1u, 8u, 64u}) {
    const double plain = spread(model, 1000, [&](const Stream& s) {
                           return pathwise(model, constant(a_datum()), K, 0, s).value;
                         }).signal_to_noise;
    const double doubly = spread(model, 1000, [&](const Stream& s) {
                            return doubly_reparameterized(model, constant(a_datum()), K, 0, s).value;
                          }).signal_to_noise;
    rows.push_back({std::to_string(K), text("%.3f", plain), text("%.3f", doubly)});
    if (K == 1) first = plain;
    last = plain, above = above && doubly > plain;
  }
  page.table({"K", "pathwise", "doubly reparameterized"}, rows);
  page.check(last < first, "a tighter bound gives q a gradient with less signal in its noise");
  page.check(above, "reparameterizing twice gives more of it, at every K");
}

void interval(Page& page) {
  LinearGaussian model({6, {4}}, Stream().at_epoch(20));
  const Simulated data = simulate(model, 4, Stream().at_epoch(8));
  Annealing how;
  how.temperatures = 500, how.chains = 16, how.leapfrog_steps = 5;
  const std::vector<double> lower = annealed_lower(model, data.x, how, Stream()),
                            upper = annealed_upper(model, data.x, data.z, how, Stream().at_epoch(1));
  Evaluation scope;
  const Array truth = model.log_px(constant(data.x)).value();
  std::vector<std::vector<std::string>> rows;
  double widest = 0;
  bool inside = true;
  for (std::size_t i = 0; i < 4; ++i) {
    rows.push_back(
        {std::to_string(i), text("%.4f", lower[i]), text("%.4f", truth(i)), text("%.4f", upper[i])});
    widest = std::max(widest, std::abs(upper[i] - lower[i]));
    inside = inside && lower[i] - 0.5 < truth(i) && truth(i) < upper[i] + 0.5;
  }
  page.say("Data drawn from the model, whose z is therefore a draw from p(z|x):");
  page.table({"datum", "AIS, from below", "log p(x)", "reverse AIS, from above"}, rows);
  page.check(inside, "each end is on its own side of log p(x), or off by less than ½ nat");
  page.check(widest < 1, "and the two meet, without any encoder");
}

void calibration(Page& page) {
  LinearGaussian model({4, {3}}, Stream().at_epoch(20));
  const auto told = [&] {
    Evaluation scope;
    return calibrate(model, 2000, 19, Stream());
  };
  model.set_posterior_exact();
  const double right = told().p_value();
  for (const auto& [name, p] : model.parameters())
    if (name == "posterior.0.factor")
      for (std::size_t i = 0; i < 3; ++i) p->update()(i, i) += std::log(0.7);
  const Calibration narrow = told();
  for (const auto& [name, p] : model.parameters())
    if (name.find("posterior") == 0) p->update().fill(0);  // N(0, I), whatever x
  const double ignorant = told().p_value();
  page.number("p-value of uniform ranks, q = p(z|x)", right, "");
  page.number("p-value of uniform ranks, q 0.7 times as wide", narrow.p_value(), "");
  page.number("p-value of uniform ranks, q = p(z)", ignorant, "");
  const auto& counts = narrow.counts[0];
  page.say(
      text("Of 2,000 simulations the first latent of the narrow q has the lowest of 20 ranks %zu times and "
           "the highest %zu, for 100 each.",
           counts.front(), counts.back()));
  page.check(right > 1e-3, "the posterior's ranks are uniform");
  page.check(narrow.p_value() < 1e-6 && counts.front() > 130 && counts.back() > 130,
             "an overconfident q is found out, without knowing the posterior");
  page.check(ignorant > 1e-3, "q = p(z), which knows nothing of x, is not: its ranks are uniform, too");
}

void is_it_a_likelihood(Page& page) {
  Architecture a;
  a.pixels = 6, a.latent = {2}, a.hidden = {5};
  const VAE model(a, Stream());
  Evaluation scope;
  const LikelihoodCheck good =
      check_likelihood(likelihood_at(model, {constant(normal(Stream(), {1, 2}))}), 6);
  // A decoder whose logits are shifted by the mean of the batch: it has seen the images that it is to
  // predict.
  const LikelihoodCheck bad = check_likelihood(
      [&](Var x, nn::Mode) {
        const Var seen = mean(x, {0}, true);
        return nn::Bernoulli(broadcast_to(4 * (seen - 0.5), x.shape())).log_prob(x);
      },
      6);
  page.table(
      {"decoder", "Σ p(x), one batch", "Σ p(x), each alone", "moved by others, nats"},
      {{"of a VAE", text("%.10f", good.total), text("%.10f", good.total_alone), text("%.1e", good.batch)},
       {"with statistics of its batch", text("%.4f", bad.total), text("%.4f", bad.total_alone),
        text("%.3f", bad.batch)}});
  page.say("The verdict on the second: " + bad.verdict());
  page.check(good.holds(),
             "a VAE's p(x|z) sums to one over all images, and no image's value depends on the others");
  page.check(!bad.holds(),
             "batch statistics at evaluation make a number that is no likelihood, however large it is");
}

void trust(Page& page) {
  LinearGaussian model({6, {4}}, Stream().at_epoch(20));
  const Array x = data_of(model, 1, 8);
  std::vector<std::vector<std::string>> rows;
  double good_k = 0, bad_k = 0, bad_error = 0;
  for (const bool good : {true, false}) {
    model.set_posterior_exact();
    for (const auto& [name, p] : model.parameters())
      if (name == "posterior.0.factor")
        for (std::size_t i = 0; i < 4; ++i) p->update()(i, i) += std::log(good ? 1.2 : 0.4);
    const Evidence e = log_evidence(model, x, 5000, Stream());
    Evaluation scope;
    const double truth = model.log_px(constant(x)).item();
    rows.push_back({good ? "1.2 times as wide" : "0.4 times as wide", text("%.4f", e.log_px[0] - truth),
                    text("%.4f", e.standard_error[0]), text("%.0f", e.effective_samples[0]),
                    text("%.2f", e.pareto_k[0])});
    (good ? good_k : bad_k) = e.pareto_k[0];
    if (!good) bad_error = e.standard_error[0];
  }
  page.say("log p(x) from 5,000 importance weights, with q the posterior but for its width:");
  page.table({"q", "error, nats", "its standard error", "effective draws", "k̂"}, rows);
  page.check(good_k < 0.5, "a q that is wider than the posterior has light weights: k̂ below 0.5");
  page.check(bad_k > 0.7 && std::isnan(bad_error),
             "a q that is narrower has a few heavy ones: k̂ above 0.7, and no standard error is given, "
             "because none can be");
}

}  // namespace

std::vector<Lesson> lessons_on_estimators() {
  return {
      {"importance-weighted", "B2",
       "K weighted samples give a tighter bound; a family of bounds leads from the ELBO through log p(x) to "
       "upper bounds.",
       "Burda et al. 2016, eq. 8; Li & Turner 2016; Dieng et al. 2017", "  L_α = 1/(1−α) log E_q[ w^(1−α) ]",
       importance_weighted, "vae/bounds/renyi.cpp"},
      {"path-derivative", "B3",
       "Without the score the gradient has no variance at the posterior, if the path through z_<t stays.",
       "Roeder, Wu & Duvenaud 2017; Bauer & Mnih 2021",
       "  d log w/dφ = ∂ log w/∂z · dz/dφ − ∂ log q/∂φ, less its last term", path_derivatives,
       "vae/gradients/path_derivative.cpp"},
      {"signal-and-noise", "B4",
       "Tighter bounds are not always better: the encoder's gradient loses signal. Reparameterizing twice "
       "helps.",
       "Rainforth et al. 2018; Tucker et al. 2019, eq. 7–8",
       "  ∇φ L_K = E Σ_k v_k² ∂ log w_k/∂z_k · dz_k/dφ,   v_k = w_k/Σ w", signal_and_noise,
       "vae/gradients/path_derivative.cpp"},
      {"interval", "B5", "Annealing from below, and back from a posterior draw from above, enclose log p(x).",
       "Neal 2001; Grosse, Ghahramani & Adams 2015",
       "  f_t(z) = p(z) p(x|z)^β_t,   E w = p(x),   E w' = 1/p(x)", interval, "vae/evidence/annealed.cpp"},
      {"trust", "B6", "A log p(x) from importance weights says itself whether it can be trusted.",
       "Vehtari et al. 2024; Burda et al. 2016",
       "  k̂ > 0.7: the weights' tail is too heavy for an error to be told", trust,
       "vae/evidence/weights.cpp, vae/evidence/pareto.cpp"},
      {"calibration", "B7",
       "Ranks find a q that is too narrow, too wide or shifted. Uniform ranks do not prove that it is the "
       "posterior.",
       "Talts et al. 2018, theorem 1",
       "  rank of z among z₁ … z_L ~ q(z|x) is uniform,   z ~ p(z), x ~ p(x|z)", calibration,
       "vae/diagnosis/calibration.cpp"},
      {"is-it-a-likelihood", "B8",
       "A likelihood sums to one over all images, and does not look at the others.",
       "the definition of a probability distribution", "  Σ_x p(x) = 1", is_it_a_likelihood,
       "vae/diagnosis/likelihood_check.cpp"},
  };
}

}  // namespace tools
