// Lessons on finding the posterior, and on the parameters given it.
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/optimizers/adam.h"
#include "tools/court/trials.h"
#include "tools/lessons/lesson.h"
#include "tools/lessons/measured.h"
#include "tools/text.h"
#include "vae/exact/linear_gaussian.h"
#include "vae/exact/quadrature.h"
#include "vae/inference/chains.h"
#include "vae/inference/hmc.h"
#include "vae/inference/local.h"
#include "vae/inference/metropolis.h"
#include "vae/networks.h"
#include "vae/vae.h"

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
  page.check(argmax_bound != argmax_evidence,
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

// ---- nonlinear decoders, by quadrature --------------------------------------------------------------------

// p(x|z) of 1 latent and 8 pixels through a hidden layer, the same for all encoders.
Architecture nonlinear(const std::vector<std::size_t>& hidden) {
  Architecture a;
  a.pixels = 8, a.latent = {1}, a.hidden = hidden;
  return a;
}

struct CurvedModel : VAE {  // a decoder with one hidden layer, and an encoder of any
  explicit CurvedModel(const std::vector<std::size_t>& encoder)
      : VAE(nonlinear({12}), Stream()), encoder_(network(nonlinear(encoder), 8, 2, Stream().at_epoch(7))) {
    VAE::visit_generator([](const std::string&, Parameter& p) { p.update() *= Real(2); });  // well curved
  }
  Features features(Var x, Var) const override { return {encoder_(x)}; }
  void visit_posterior(const nn::Visitor& visitor) override { encoder_.visit("encoder", visitor); }
  nn::MLP encoder_;
};

// Ascends the bound in φ alone.
void train_encoder(Model& model, const Array& x, int steps) {
  nn::NamedParameters phi;
  model.visit_posterior([&](const std::string& name, Parameter& p) { phi.emplace_back(name, &p); });
  nn::Adam adam(phi, Real(0.02));
  for (int i = 0; i < steps; ++i) {
    adam.alpha = 0.02 * std::pow(0.05, double(i) / steps);
    Step step;
    adam.step(backward(
        -mean(elbo(model, constant(x), 2, KLForm::analytic, Stream().at_epoch(std::uint32_t(i))).elbo)));
  }
}

void capacity(Page& page) {
  std::vector<std::vector<std::string>> rows;
  std::vector<double> divergences;
  double floor = 0;
  for (const std::vector<std::size_t>& hidden : {std::vector<std::size_t>{}, {2}, {4}, {16}, {64}}) {
    CurvedModel model(hidden);
    const Array x = data_of(model, 100, 5);
    train_encoder(model, x, 1500);
    Evaluation scope;
    const double log_px = mean(ByQuadrature(model).log_px(constant(x))).item(),
                 bound = mean(elbo(model, constant(x), 300, KLForm::analytic, Stream().at_epoch(9999)).elbo)
                             .item();
    divergences.push_back(log_px - bound);
    rows.push_back({hidden.empty() ? "linear" : std::to_string(hidden[0]), text("%.4f", log_px),
                    text("%.4f", bound), text("%.4f", log_px - bound)});
    if (hidden == std::vector<std::size_t>{64}) {
      LocalInference how;
      how.steps = 300, how.evaluation_samples = 300;
      const LocalBound best = local_bound(model, x, how, Stream().at_epoch(3));
      floor = log_px - average(best.local).mean;
      // with the same draws, so that the two compare
      divergences.back() = log_px - average(best.amortized).mean;
    }
  }
  page.table({"encoder's hidden units", "log p(x), by quadrature", "bound", "KL(q ‖ p(z|x))"}, rows);
  page.number("with a normal q for each x, found on its own: the floor", floor);
  page.check(divergences.back() - floor < 0.3 * (divergences.front() - floor),
             "what the encoder adds to the floor falls as it grows");
  page.number("with 64 hidden units, on the same draws", divergences.back());
  page.check(divergences.back() > floor - 0.002,
             "the floor stays: q remains a normal distribution, which p(z|x) is not");
}

void amortization(Page& page) {
  CurvedModel model({2});
  const Array x = data_of(model, 40, 5);
  train_encoder(model, x, 600);
  LocalInference how;
  how.steps = 400, how.evaluation_samples = 500;
  const LocalBound found = local_bound(model, x, how, Stream().at_epoch(3));
  double log_px = 0;
  {
    Evaluation scope;
    log_px = mean(ByQuadrature(model).log_px(constant(x))).item();
  }
  const double local = average(found.local).mean, amortized = average(found.amortized).mean;
  std::vector<double> gap;
  for (std::size_t i = 0; i < found.local.size(); ++i) gap.push_back(found.local[i] - found.amortized[i]);
  page.number("log p(x), by quadrature, mean of 40", log_px);
  page.number("bound with a q of its own for each x", local);
  page.number("bound with one encoder for all (2 hidden units)", amortized);
  page.table({"gap", "nats"}, {{"approximation: q is normal", text("%.4f", log_px - local)},
                               {"amortization: q comes from one network", as_text(average(gap))}});
  page.check(average(gap).mean > 3 * average(gap).error,
             "inference for each x is at least as good as amortized inference");
  page.check(log_px > local - 0.01, "and stays below log p(x)");
}

void markov_chains(Page& page) {
  LinearGaussian model({5, {2}}, Stream().at_epoch(20));
  const Array x = normal(Stream().at_epoch(9), {1, 5});
  const std::size_t chains = 8, warm_up = 200, draws = 1000;
  const LogDensity log_pi = unnormalized_posterior(model, copies(x, chains));
  struct Result {
    std::vector<Chain> first;
    Average mean, square;
    double accepted = 0;
  };
  const auto run = [&](const std::function<double(const Stream&, Walkers&)>& step) {
    Result r;
    r.first.resize(chains);
    Walkers walkers = start_at(log_pi, Array(3 * normal(Stream().at_epoch(77), {chains, 2})));
    for (std::uint32_t t = 0; t < warm_up + draws; ++t) {
      const double accepted = step(Stream().at_epoch(1000 + t), walkers);
      if (t < warm_up) continue;
      r.accepted += accepted / double(draws);
      for (std::size_t c = 0; c < chains; ++c) r.first[c].push_back(walkers.z(c, 0));
    }
    std::vector<double> means, squares;
    for (const Chain& c : r.first) {
      double sum = 0, square = 0;
      for (const double v : c) sum += v, square += v * v;
      means.push_back(sum / double(draws)), squares.push_back(square / double(draws));
    }
    r.mean = average(means), r.square = average(squares);
    return r;
  };
  const Result walk = run([&](const Stream&s, Walkers&w) { return metropolis(log_pi, Real(0.7), s, w); }),
               hamiltonian = run([&](const Stream&s, Walkers&w) {
                 return hmc(log_pi, {Real(0.25), 8}, s, w);
               });
  Evaluation scope;
  const Density truth_ = true_posterior(model, {}, constant(x), 1);
  const double mean = truth_->mean().value()(0, 0), square = truth_->variance().value()(0, 0) + mean * mean;
  const auto row = [&](const char* name, const Result& r) {
    return std::vector<std::string>{name,
                                    text("%.2f", r.accepted),
                                    text("%.4f", split_r_hat(r.first)),
                                    text("%.0f", effective_draws(r.first)),
                                    as_text(r.mean),
                                    as_text(r.square)};
  };
  page.say("8 chains of 1,000 draws from p(z|x), started far away, with gradients through the tape:");
  page.table({"", "accepted", "R̂", "effective draws", "E z₁", "E z₁²"},
             {row("random walk", walk), row("Hamiltonian", hamiltonian)});
  page.number("E z₁ exactly", mean, "");
  page.number("E z₁² exactly", square, "");
  page.check(split_r_hat(hamiltonian.first) < 1.02 && split_r_hat(walk.first) < 1.1,
             "the chains agree with each other");
  page.check(agrees(hamiltonian.mean, mean) && agrees(hamiltonian.square, square),
             "Hamiltonian Monte Carlo has the posterior's moments");
  page.check(agrees(walk.mean, mean) && agrees(walk.square, square), "so has the random walk");
  page.check(effective_draws(hamiltonian.first) > 2 * effective_draws(walk.first),
             "a Hamiltonian draw is worth more");
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
      {"amortization", "E8", "One network for all x loses a little of what a q for each x would have.",
       "Cremer, Li & Duvenaud 2018; Kingma & Welling 2013, section 2.1",
       "  log p(x) − ELBO(q_φ) = [ log p(x) − ELBO(q*) ] + [ ELBO(q*) − ELBO(q_φ) ]", amortization,
       "vae/inference/local.cpp, vae/diagnosis/gaps.cpp"},
      {"markov-chains", "E10", "The alternative: Markov chains whose draws are from the posterior itself.",
       "Metropolis et al. 1953; Neal 2011; Vehtari et al. 2021",
       "  H(z, p) = −log p(x, z) + ½ pᵀp,   accept with min(1, e^(H − H'))", markov_chains,
       "vae/inference/hmc.cpp, vae/inference/metropolis.cpp, vae/inference/chains.cpp"},
      {"capacity", "E13",
       "With a larger encoder q comes nearer to the posterior, down to what its family can.",
       "Doersch 2016, section 2.2; Cremer et al. 2018", "  KL(q_φ(z|x) ‖ p(z|x)) = log p(x) − ELBO", capacity,
       "vae/exact/quadrature.cpp, vae/inference/local.cpp"},
  };
}

}  // namespace tools
