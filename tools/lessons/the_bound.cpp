// Lessons on the evidence lower bound: the identity behind it, its forms, and how it is misquoted.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/event.h"
#include "nn/distributions/kl.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"

namespace tools {

namespace {

using namespace vae;
using nn::MultivariateNormal;

Array a_datum(std::size_t D) { return normal(Stream().at_epoch(9), {1, D}); }

const MultivariateNormal& full_normal(const Density& p) {
  return dynamic_cast<const MultivariateNormal&>(*p);
}

// E_q log N(z; 0, I) = −½ (Z log 2π + tr Σ + μᵀμ)
double expected_log_prior(const MultivariateNormal& q) {
  const double Z = double(q.mu.shape()[1]);
  return -0.5 * (Z * nn::log_2pi + sum(trace(q.covariance())).item() + sum(square(q.mu)).item());
}

void identity(Page& page) {
  Evaluation scope;
  const LinearGaussian model({4, {3}}, Stream().at_epoch(20));  // a q that is far from the posterior
  const Var x = constant(a_datum(4));
  const Density q_ = posterior(model, {}, x, 1), truth_ = true_posterior(model, {}, x, 1);
  const MultivariateNormal &q = full_normal(q_), &truth = full_normal(truth_);
  const double log_px = model.log_px(x).item(),
               E_log_px_given_z = model.expected_bound(x).reconstruction.item(),
               E_log_q = -q.entropy().item(), E_log_pz = expected_log_prior(q),
               to_truth = kl(q, truth).item(), to_prior = kl(q, nn::Normal::standard({1, 3})).item();
  page.number("log p(x)", log_px);
  page.number("KL(q ‖ p(z|x)), from both covariances", to_truth);
  page.number("E_q log q(z|x), the negative entropy", E_log_q);
  page.number("E_q log p(z)", E_log_pz);
  page.number("E_q log p(x|z)", E_log_px_given_z);
  page.number("KL(q ‖ p(z))", to_prior);
  // E_q log p(z|x) = −½ [ Z log 2π + log |S| + tr S⁻¹ (Σ_q + δδᵀ) ], of the posterior N(m, S), δ = μ_q − m
  const Var delta = q.mu - truth.mu, S = truth.covariance();
  const Var outer = matmul(transpose(expand_dims(delta, 1)), expand_dims(delta, 1));
  const double E_log_posterior =
      -0.5 * (3 * nn::log_2pi + sum(logdet(S)).item() + sum(inverse(S) * (q.covariance() + outer)).item());
  page.say("Line by line, with the terms above:");
  page.check(std::abs(to_truth - (E_log_q - E_log_posterior)) < 1e-10,
             "KL(q ‖ p(z|x)) = E_q [ log q(z|x) − log p(z|x) ]");
  page.check(std::abs(to_truth - (E_log_q - E_log_px_given_z - E_log_pz + log_px)) < 1e-10,
             "  = E_q [ log q(z|x) − log p(x|z) − log p(z) ] + log p(x)      (Bayes)");
  page.check(std::abs(to_prior - (E_log_q - E_log_pz)) < 1e-10,
             "KL(q ‖ p(z)) = E_q [ log q(z|x) − log p(z) ]");
  page.check(std::abs((log_px - to_truth) - (E_log_px_given_z - to_prior)) < 1e-10,
             "log p(x) − KL(q ‖ p(z|x)) = E_q log p(x|z) − KL(q ‖ p(z))");
}

void three_forms(Page& page) {
  Evaluation scope;
  const LinearGaussian model({4, {3}}, Stream().at_epoch(20));
  const std::size_t n = 20000;
  const Var x = constant(copies(a_datum(4), n));
  const double truth = model.expected_bound(constant(a_datum(4))).elbo.item();
  const std::vector<Level> levels = infer(model, x, 1, Stream());
  const Var likelihood = log_likelihood(model, x, levels), p = log_p(levels), q = log_q(levels);
  const Array forms[] = {(likelihood + p - q).value(),
                         (likelihood - nn::kl_closed_form(*levels.front().q, levels.front().p)).value(),
                         (likelihood + p + (*levels.front().q)->entropy()).value()};
  const char* const names[] = {"log p(x, z) − log q(z|x)", "log p(x|z) − KL(q ‖ p)", "log p(x, z) + H[q]"};
  std::vector<std::vector<std::string>> rows;
  bool all = true;
  for (std::size_t i = 0; i < 3; ++i) {
    const Average a = average(forms[i]);
    rows.push_back({names[i], as_text(a), text("%.3f", a.error * a.error * double(n))});
    all = all && agrees(a, truth);
  }
  page.number("the bound, exactly", truth);
  page.table({"form", "average of 20,000", "variance of one"}, rows);
  page.check(all, "the three agree in expectation; their variances differ");

  // 20,000 bounds of L samples each.
  rows.clear();
  double one = 0;
  for (const std::size_t L : {1u, 2u, 4u, 8u}) {
    const Average a =
        average(elbo(model, x, L, KLForm::monte_carlo, Stream().at_epoch(std::uint32_t(L))).elbo.value());
    const double variance = a.error * a.error * double(n);
    if (L == 1) one = variance;
    rows.push_back(
        {std::to_string(L), as_text(a), text("%.4f", variance), text("%.3f", variance * double(L) / one)});
    all = all && agrees(a, truth) && std::abs(variance * double(L) / one - 1) < 0.1;
  }
  page.table({"samples L", "average", "variance", "times L, in units of L = 1"}, rows);
  page.check(all, "unbiased for every L, and the variance falls as 1/L");
}

// Data from the model itself, p* = p_θ, and a q that is not the posterior: then
//     KL(p*(x) q(z|x) ‖ p(x, z)) = E_x KL(q(z|x) ‖ p(z|x))
void entropy_term(Page& page) {
  Evaluation scope;
  LinearGaussian model({3, {2}}, Stream().at_epoch(20));
  const std::size_t n = 50000;
  const Array x = data_of(model, n, 0);
  const Array bound = model.expected_bound(constant(x)).elbo.value();
  const Density q = posterior(model, {}, constant(x), 1), truth = true_posterior(model, {}, constant(x), 1);
  const Array divergence = kl(full_normal(q), full_normal(truth)).value();
  const LinearGaussian::Joint u = model.joint();
  const Var C = slice(slice(u.covariance, 0, 2, 5), 1, 2, 5);
  const double entropy = 0.5 * (3 * (nn::log_2pi + 1) + logdet(C).item());  // H(p*), of a Gaussian
  page.say("Data from the model itself, 50,000 of them; q is not the posterior.");
  page.say("E[ELBO]: " + as_text(average(bound)) + " nats");
  page.say("−KL(p*(x) q(z|x) ‖ p(x, z)), from the covariances of q and of the posterior: " +
           as_text({-average(divergence).mean, average(divergence).error}) + " nats");
  page.number("H(p*), in closed form", entropy);
  std::vector<double> rest;
  for (std::size_t i = 0; i < n; ++i) rest.push_back(bound(i) + divergence(i) + entropy);
  page.check(agrees(average(rest), 0), "E[ELBO] = −KL − H(p*)");
  page.check(std::abs(average(bound).mean + average(divergence).mean) > 1,
             "without H(p*) the two differ by nats");
}

void joint_twice(Page& page) {
  Evaluation scope;
  LinearGaussian model({4, {3}}, Stream().at_epoch(20));
  model.set_posterior_exact();
  const Var x = constant(a_datum(4));
  const Bound bound = model.expected_bound(x);
  const Density q_ = posterior(model, {}, x, 1);
  const double E_log_pz = expected_log_prior(full_normal(q_)), log_px = model.log_px(x).item();
  const double twice = bound.reconstruction.item() + E_log_pz - bound.kl.item();
  page.say("With q = p(z|x), where the bound should be log p(x):");
  page.number("log p(x)", log_px);
  page.number("E log p(x|z) − KL", bound.elbo.item());
  page.number("E log p(x, z) − KL, as misquoted", twice);
  page.check(std::abs(bound.elbo.item() - log_px) < 1e-10, "the bound is tight to 1e-10");
  page.check(std::abs(twice - log_px - E_log_pz) < 1e-10,
             "the misquoted one is off by E log p(z): the prior counts twice");
}

void averaged_kl(Page& page) {
  const LinearGaussian model({3, {2, 2}}, Stream().at_epoch(20));
  Evaluation scope;
  const std::size_t n = 20000;
  const double truth = model.expected_bound(constant(a_datum(3))).kl_per_level[1].item();
  const Var x = constant(copies(a_datum(3), n));
  const Average sampled = average(elbo(model, x, 1, KLForm::analytic, Stream()).kl_per_level[1].value());
  // The same KL at one z₀, its mean under q.
  const Var one = constant(a_datum(3));
  const Var z0 = posterior(model, {}, one, 1)->mean();
  const double at_mean = nn::kl_closed_form(posterior(model, {z0}, one, 1), prior(model, {z0}, 1)).item();
  page.number("E_q KL₁, exactly", truth);
  page.say("Average over 20,000 z₀ ~ q: " + as_text(sampled) + " nats.");
  page.number("KL₁ at the mean of z₀, one number for all z₀", at_mean);
  page.check(agrees(sampled, truth), "the average over z₀ ~ q is the term of the bound");
  page.check(std::abs(at_mean - truth) > 0.02, "at a single z₀ it is another number");
}

void sign_of_the_loss(Page& page) {
  LinearGaussian model({3, {2}}, Stream().at_epoch(20));
  const Array x = a_datum(3);
  const auto bound_after_a_step = [&](double direction) {
    LinearGaussian moved = model;
    Array before;
    {
      Step step;
      const Gradients g = backward(sum(moved.expected_bound(constant(x)).elbo));
      for (const auto& [name, p] : moved.parameters()) p->update() += direction * 1e-3 * Array(g[*p]);
    }
    Evaluation scope;
    return moved.expected_bound(constant(x)).elbo.item();
  };
  double at = 0;
  {
    Evaluation scope;
    at = model.expected_bound(constant(x)).elbo.item();
  }
  const double up = bound_after_a_step(1), down = bound_after_a_step(-1);
  page.number("the bound", at);
  page.number("after a step along its gradient", up);
  page.number("after a step along −gradient, as of a loss", down);
  page.check(down < at && at < up,
             "the bound is maximized; the loss is its negative, and only the loss is minimized");
}

}  // namespace

std::vector<Lesson> lessons_on_the_bound() {
  return {
      {"identity", "E5", "The bound is log p(x) less the divergence of q from the posterior, for every q.",
       "Doersch 2016, eq. 5; Kingma & Welling 2013, eq. 1–3",
       "  log p(x) − KL(q ‖ p(z|x)) = E_q log p(x|z) − KL(q ‖ p(z))", identity,
       "vae/elbo.cpp, vae/exact/linear_gaussian.cpp (expected_bound)"},
      {"three-forms", "E6", "The bound has three forms: equal in expectation, not in variance.",
       "Kingma & Welling 2013, eq. 5–7",
       "  E_q [ log p(x, z) − log q ] = E_q log p(x|z) − KL(q ‖ p) = E_q log p(x, z) + H[q]", three_forms,
       "vae/elbo.cpp"},
      {"entropy-term", "X3",
       "A common misstatement: E[ELBO] = −KL(p*(x) q(z|x) ‖ p(x, z)). The entropy of the data is missing.",
       "Kingma & Welling 2019, section 2.7", "  E_p* [ELBO] = −KL(p*(x) q(z|x) ‖ p(x, z)) − H(p*)",
       entropy_term, "vae/elbo.h"},
      {"joint-twice", "X4",
       "A common misstatement: E log p(x, z) − Σ KL. With the joint, the prior counts twice.",
       "Child 2020, section 2.2; Kingma & Welling 2013, eq. 3",
       "  E_q log p(x|z) − KL(q ‖ p(z)),   not   E_q log p(x, z) − KL(q ‖ p(z))", joint_twice,
       "vae/elbo.cpp"},
      {"averaged-kl", "X5", "A common misstatement: Σ KL_t. For t ≥ 1 each is an average over z_<t ~ q.",
       "Child 2020, section 2.2", "  Σ_t E_{z_<t ~ q} KL( q(z_t|z_<t, x) ‖ p(z_t|z_<t) )", averaged_kl,
       "vae/elbo.cpp, vae/exact/linear_gaussian.cpp (expected_bound)"},
      {"sign-of-the-loss", "X8",
       "A common misstatement: the expected ELBO is the training loss. It is maximized; the loss is its "
       "negative.",
       "Kingma & Welling 2013, section 2.2", "  loss = −1/B Σ ELBO(x)", sign_of_the_loss,
       "tools/run/train.cpp"},
  };
}

}  // namespace tools
