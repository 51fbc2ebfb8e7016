// Lessons on what is often asked.
#include <cmath>

#include "autograd/ops.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;

void choose_q(Page& page) {
  // Whatever q is, the bound holds; how far below log p(x) it is, q decides.
  Evaluation scope;
  LinearGaussian model({5, {3}}, Stream().at_epoch(20));
  const Var x = constant(data_of(model, 1, 6));
  const double truth = model.log_px(x).item();
  std::vector<std::vector<std::string>> rows;
  bool below = true;
  for (std::uint32_t which = 1; which <= 4; ++which) {
    LinearGaussian other({5, {3}}, Stream().at_epoch(20 + 100 * which));
    nn::NamedParameters theta = model.parameters(), moved = other.parameters();
    for (std::size_t k = 0; k < theta.size(); ++k)
      if (theta[k].first.find("posterior") != 0) moved[k].second->update() = theta[k].second->value();
    const double bound = other.expected_bound(x).elbo.item();
    rows.push_back(
        {"q of random weights " + std::to_string(which), text("%.4f", bound), text("%.4f", truth - bound)});
    below = below && bound <= truth;
  }
  model.set_posterior_exact();
  rows.push_back({"q = p(z|x)", text("%.4f", model.expected_bound(x).elbo.item()),
                  text("%.1e", truth - model.expected_bound(x).elbo.item())});
  page.number("log p(x)", truth);
  page.table({"q", "bound", "KL(q ‖ p(z|x))"}, rows);
  page.check(
      below,
      "yes, q may be chosen: every q gives a bound; its distance is the divergence from the posterior");
}

void solving_the_integral(Page& page) {
  // Maximizing the bound over q gives log p(x), but only within q's family.
  Evaluation scope;
  std::vector<std::vector<std::string>> rows;
  double full_gap = 1, diagonal_gap = 0;
  for (const Covariance kind : {Covariance::full, Covariance::diagonal}) {
    LinearGaussian model({5, {3}, Covariance::isotropic, kind}, Stream().at_epoch(20));
    model.set_posterior_exact();
    const Var x = constant(normal(Stream().at_epoch(9), {1, 5}));
    const double gap = (model.log_px(x) - model.expected_bound(x).elbo).item();
    (kind == Covariance::full ? full_gap : diagonal_gap) = gap;
    rows.push_back({kind == Covariance::full ? "any Gaussian" : "diagonal Gaussians", text("%.3e", gap)});
  }
  page.table({"q ranges over", "log p(x) − the greatest bound"}, rows);
  page.check(std::abs(full_gap) < 1e-10,
             "if the family contains the posterior, the maximum over q is the integral itself");
  page.check(diagonal_gap > 0.01, "otherwise something stays missing, however long one searches");
}

void weak_assumptions(Page& page) {
  // "z is normal" is no restriction, given a function after it; the family of f is.
  Evaluation scope;
  const std::size_t n = 20000;
  const Array z = normal(Stream(), {n, 2});
  std::vector<double> radius, angle_x;
  for (std::size_t i = 0; i < n; ++i) {  // Doersch's ring: z/10 + z/‖z‖
    const double r = std::hypot(z(i, 0), z(i, 1));
    radius.push_back(r / 10 + 1);
    angle_x.push_back(z(i, 0) / r);
  }
  double least = 1e300;
  for (const double r : radius) least = std::min(least, r);
  page.say("z ~ N(0, I) in the plane through g(z) = z/10 + z/‖z‖: the radius is " + as_text(average(radius)) +
           ", never below " + text("%.4f", least) + ".");
  page.check(
      least > 1,
      "all of it lies on a ring: a simple prior and a function make a distribution that is not simple");
  LinearGaussian model({2, {2}}, Stream().at_epoch(20));
  const LinearGaussian::Joint u = model.joint();
  page.say(
      "A linear f keeps it Gaussian whatever its weights, and gives the hole of the ring the most density of "
      "all: the strong "
      "assumption is f, and q beside it.");
  const double centre = model.log_px(slice(u.mean, 1, 2, 4)).item();
  const double at_one = model.log_px(slice(u.mean, 1, 2, 4) + constant(array({1, 2}, {1, 0}))).item();
  page.check(centre > at_one, "the linear model's density is greatest at its centre");
}

void sparsity(Page& page) {
  // Why is p(x|z) ≈ 0 for most z? Not sparsity of anything: volume. The posterior occupies e^(−KL) of the
  // prior.
  std::vector<std::vector<std::string>> rows;
  std::vector<double> kls;
  for (const std::size_t Z : {1u, 2u, 4u, 8u}) {
    Evaluation scope;
    LinearGaussian model({3 * Z, {Z}}, Stream().at_epoch(20));
    model.set_posterior_exact();
    const Var x = constant(data_of(model, 1, 3));
    const double kl = model.expected_bound(x).kl.item();
    kls.push_back(kl);
    rows.push_back({std::to_string(Z), text("%.2f", kl), text("%.1e", std::exp(-kl))});
  }
  page.table({"latents", "KL(p(z|x) ‖ p(z)), nats", "e^−KL, a share of the prior"}, rows);
  page.check(kls[3] > kls[0] + 2, "the share falls exponentially with what x says of z");
}

}  // namespace

std::vector<Lesson> lessons_on_questions() {
  return {
      {"weak-assumptions", "Q1", "Are the assumptions weak? Of z, yes; of f and q, that is what is learned.",
       "Doersch 2016, section 2 and figure 2", "  x = g(z), z ~ N(0, I)", weak_assumptions, "vae/vae.h"},
      {"solving-the-integral", "Q2",
       "Is maximizing the bound the same as solving the integral? If q can be the posterior.",
       "Doersch 2016, section 2", "  max_q ELBO = log p(x) − min_q KL(q ‖ p(z|x))", solving_the_integral,
       "vae/exact/linear_gaussian.cpp"},
      {"sparsity", "Q3", "Is p(x|z) almost 0 for most z because of sparsity? Because of volume.",
       "Doersch 2016, section 2.1", "  the posterior's share of the prior is about e^−KL(p(z|x) ‖ p(z))",
       sparsity, "vae/elbo.h"},
      {"choose-q", "Q4", "May one choose q? Any q gives a bound.", "Doersch 2016, section 2.2",
       "  ELBO(q) = log p(x) − KL(q ‖ p(z|x)) ≤ log p(x)", choose_q, "vae/model.h"},
  };
}

}  // namespace tools
