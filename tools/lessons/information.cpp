// Lessons on how the terms of the bound weigh, and on what z tells of x.
#include <cmath>

#include "autograd/ops.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/text.h"
#include "vae/bounds/weighting.h"
#include "vae/diagnosis/active_units.h"
#include "vae/diagnosis/mutual_information.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

void weighing_terms(Page& page) {
  Evaluation scope;
  LinearGaussian model({4, {2, 1}}, Stream().at_epoch(20));
  model.set_posterior_exact();
  const Var x = constant(array({1, 4}, {0.4, -0.8, 1.1, 0.2}));
  const double log_px = model.log_px(x).item();
  const Bound bound = model.expected_bound(x);
  const double kl = bound.kl.item();
  page.number("log p(x), which the bound is, for q = p(z|x)", log_px);
  page.number("KL of both levels", kl);
  std::vector<std::vector<std::string>> rows;
  bool exact = true;
  for (const double beta : {0.0, 0.5, 1.0, 2.0, 4.0}) {
    const double value = weighted(bound, {Real(beta), 0}).item();
    rows.push_back({text("%g", beta), text("%.4f", value), text("%+.4f", value - log_px),
                    beta < 1 ? "no bound" : "a lower bound"});
    exact = exact && std::abs(value - log_px - (1 - beta) * kl) < 1e-10;
  }
  page.table({"β", "E log p(x|z) − β KL", "less log p(x)", ""}, rows);
  page.check(exact, "it is log p(x) + (1 − β) KL: above log p(x) for β < 1, as during a warm-up");

  rows.clear();
  bool never_above = true;
  double last = 1e300;
  for (const double free_nats : {0.0, 0.1, 0.5, 1.0, 2.0}) {
    const double value = weighted(bound, {1, Real(free_nats)}).item();
    rows.push_back({text("%g", free_nats), text("%.4f", value), text("%+.4f", value - log_px)});
    never_above = never_above && value <= log_px + 1e-10 && value <= last + 1e-10;
    last = value;
  }
  page.table({"free nats λ of each level", "E log p(x|z) − Σ max(λ, KL_t)", "less log p(x)"}, rows);
  page.check(never_above, "free bits only lower it: still a bound, and without a reward for a KL below λ");
}

void information(Page& page) {
  const std::size_t N = 64;
  const double log_N = std::log(double(N));
  std::vector<std::vector<std::string>> rows;
  bool parts = true, bounded = true, rises = true;
  double last = -1;
  std::vector<std::size_t> active;
  for (const double scale : {0.01, 0.3, 1.0, 10.0, 100.0}) {
    LinearGaussian model({6, {3}}, Stream().at_epoch(20));
    for (const auto& [name, p] : model.parameters())
      if (name == "decoder.weight") p->update() *= Real(scale);
    model.set_posterior_exact();
    Evaluation scope;
    const Array x = data_of(model, N, 4);
    const AggregatePosterior found = aggregate_posterior(model, x, 50, Stream());
    const double kl = mean(model.expected_bound(constant(x)).kl).item();
    const std::size_t units = active_units(model, x, 1, Stream())[0];
    rows.push_back({text("%g", scale), text("%.3f", kl), text("%.3f", found.information),
                    text("%.3f", found.marginal_kl), std::to_string(units)});
    parts = parts && std::abs(found.information + found.marginal_kl - kl) < 5 * found.kl_error + 1e-6;
    active.push_back(units);
    bounded = bounded && found.information < log_N + 5 * found.information_error + 1e-9;
    rises = rises && found.information > last;
    last = found.information;
  }
  page.say("64 data of a linear model whose decoder's weights grow, and q = p(z|x). Nats, but for the last:");
  page.table({"weights times", "KL, exactly", "I(n; z)", "KL(q(z) ‖ p(z))", "active units of 3"}, rows);
  page.number("log N, the most that z can tell of which datum it is", log_N);
  page.check(parts, "the KL of the bound is their sum");
  page.check(bounded, "the information stays below log N");
  page.check(rises && last > 0.95 * log_N && active.front() == 0 && active.back() == 3,
             "a decoder that ignores z leaves the units inactive; one that needs it makes z tell the datum");
}

}  // namespace

std::vector<Lesson> lessons_on_information() {
  return {
      {"weighing-terms", "B11", "Weighed otherwise, the terms are an objective, but for β < 1 no bound.",
       "Higgins et al. 2017, eq. 4; Kingma et al. 2016, eq. 15; Sønderby et al. 2016",
       "  E log p(x|z) − β KL,    E log p(x|z) − Σ_t max(λ, KL_t)", weighing_terms,
       "vae/bounds/weighting.cpp"},
      {"information", "B12",
       "The KL is paid for what z tells of the datum, and for codes that together are not the prior.",
       "Hoffman & Johnson 2016; Burda et al. 2016, section 5.2",
       "  1/N Σ KL(q(z|x_n) ‖ p(z)) = I(n; z) + KL(q(z) ‖ p(z))", information,
       "vae/diagnosis/mutual_information.cpp, vae/diagnosis/active_units.cpp"},
  };
}

}  // namespace tools
