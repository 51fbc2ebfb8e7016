// Lessons on finding the posterior, and on the parameters given it.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/networks.h"

namespace tools {

namespace {

using namespace vae;

void touching(Page& page) {
  Evaluation scope;
  LinearGaussian model({4, {2}}, Stream().at_epoch(20));
  const Var x = constant(normal(Stream().at_epoch(9), {20, 4}));
  model.set_posterior_exact();  // q is the posterior of this θ, and stays
  Parameter* W = nullptr;
  for (const auto& [name, p] : model.parameters())
    if (name == "decoder.weight") W = p;
  const Array at = W->value(), direction = normal(Stream().at_epoch(30), at.shape());
  std::vector<std::vector<std::string>> rows;
  double here = 1, best_bound = -1e300, best_evidence = -1e300, argmax_bound = 0, argmax_evidence = 0;
  bool below = true;
  for (int i = -4; i <= 4; ++i) {
    const double s = 0.1 * i;
    W->update() = at + s * direction;
    const double evidence = mean(model.log_px(x)).item(), bound = mean(model.expected_bound(x).elbo).item();
    if (i == 0) here = evidence - bound;
    if (i != 0) below = below && bound < evidence - 1e-6;
    if (bound > best_bound) best_bound = bound, argmax_bound = s;
    if (evidence > best_evidence) best_evidence = evidence, argmax_evidence = s;
    rows.push_back(
        {text("%+.1f", s), text("%.5f", evidence), text("%.5f", bound), text("%.2e", evidence - bound)});
  }
  page.say("θ moves along a line; q stays the posterior of the θ at 0. Means over 20 data, nats:");
  page.table({"moved by", "log p(x)", "bound", "difference"}, rows);
  page.check(std::abs(here) < 1e-10, "at the θ whose posterior q is, the bound is log p(x)");
  page.check(below, "everywhere else it lies below: the two touch, they do not coincide");
  page.check(argmax_bound != argmax_evidence || std::abs(argmax_bound) < 0.4,
             text("the bound is greatest at %+.1f, log p(x) at %+.1f: that is why EM iterates", argmax_bound,
                  argmax_evidence));
}

void tightness(Page& page) {
  Evaluation scope;
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  for (const std::vector<std::size_t>& latent : {std::vector<std::size_t>{1}, {4}, {2, 1, 2}, {1, 1, 1, 1}}) {
    LinearGaussian model({5, latent}, Stream().at_epoch(20));
    const Var x = constant(normal(Stream().at_epoch(9), {8, 5}));
    const double before = mean(model.log_px(x) - model.expected_bound(x).elbo).item();
    model.set_posterior_exact();
    const Array rest = (model.log_px(x) - model.expected_bound(x).elbo).value();
    double worst = 0;
    for (const double r : rest) worst = std::max(worst, std::abs(r));
    // And of every single weight
    const Array w = (log_weights(model, x, 5, Stream()) - repeat(model.log_px(x), 5)).value();
    for (const double r : w) worst = std::max(worst, std::abs(r));
    rows.push_back(
        {to_string(Shape(latent.begin(), latent.end())), text("%.3f", before), text("%.1e", worst)});
    all = all && worst < 1e-10;
  }
  page.table({"levels", "missing before, nats", "missing with q = p(z|x), at most"}, rows);
  page.check(all, "with q the posterior the bound is log p(x), and so is every single weight");
}

}  // namespace

std::vector<Lesson> lessons_on_inference() {
  return {
      {"tightness", "E9", "If q is the posterior, the bound is log p(x).",
       "Kingma & Welling 2013, eq. 1; Neal & Hinton 1998", "  log p(x) − ELBO = KL(q ‖ p(z|x)) = 0",
       tightness, "vae/exact/linear_gaussian.cpp (set_posterior_exact)"},
      {"touching", "X9",
       "A common misstatement: with q the posterior, maximizing the bound over θ maximizes log p(x). They "
       "touch at one θ only.",
       "Neal & Hinton 1998; Dempster, Laird & Rubin 1977", "  L(θ, q) ≤ log p_θ(x), equal where q = p_θ(z|x)",
       touching, "vae/exact/linear_gaussian.cpp"},
  };
}

}  // namespace tools
