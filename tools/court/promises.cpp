// What is printed beside a number, and what training reaches: coverage of standard errors and intervals, and
// the maximum likelihood of probabilistic PCA.
#include <algorithm>
#include <cmath>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/optimizers/adam.h"
#include "tools/court/court.h"
#include "vae/evidence/annealed.h"
#include "vae/evidence/importance.h"
#include "vae/exact/ppca.h"

namespace tools {

namespace {

using namespace vae;

// q is the posterior, times so much in width.
LinearGaussian with_width(double factor) {
  LinearGaussian model({3, {2}}, Stream().at_epoch(20));
  model.set_posterior_exact();
  for (const auto& [name, p] : model.parameters())
    if (name == "posterior.0.factor")
      for (std::size_t i = 0; i < 2; ++i) p->update()(i, i) += std::log(factor);
  return model;
}

// The share of `tried` that is covered, against at least so much. It may be more: only less is a fault.
Finding covering(std::size_t covered, std::size_t tried, double at_least) {
  Finding f;
  f.entries = 1, f.estimates = tried, f.truth = at_least;
  f.mean = double(covered) / double(tried);
  f.error = std::sqrt(at_least * (1 - at_least) / double(tried));
  f.variance = f.mean * (1 - f.mean);
  f.signal_to_noise = f.mean / std::sqrt(f.variance + 1e-300);
  f.z = std::min(0.0, (f.mean - at_least) / f.error);
  return f;
}

Finding standard_errors(double width) {
  LinearGaussian model = with_width(width);
  const std::size_t repeats = 400;
  const Array one = array({1, 3}, {0.4, -0.8, 1.1});
  double truth = 0;
  {
    Evaluation scope;
    truth = model.log_px(constant(one)).item();
  }
  std::size_t given = 0, covered = 0;
  for (std::uint32_t n = 0; n < repeats; ++n) {
    const Evidence e = log_evidence(model, one, 500, Stream().at_epoch(n));
    if (std::isnan(e.standard_error[0])) continue;
    ++given, covered += std::abs(e.log_px[0] - truth) <= 1.96 * e.standard_error[0];
  }
  return covering(covered, given, 0.92);
}

// Log p(x) below the upper and above the lower end, each of which fails by more than b nats with probability
// e^−b at most: here with b = 4.
Finding intervals() {
  LinearGaussian model = with_width(1);
  const Simulated data = simulate(model, 200, Stream().at_epoch(8));
  Annealing how;
  how.temperatures = 50, how.chains = 4, how.leapfrog_steps = 5;
  const std::vector<double> lower = annealed_lower(model, data.x, how, Stream()),
                            upper = annealed_upper(model, data.x, data.z, how, Stream().at_epoch(10000));
  Evaluation scope;
  const Array truth = model.log_px(constant(data.x)).value();
  std::size_t covered = 0;
  for (std::size_t i = 0; i < 200; ++i) covered += lower[i] - 4 <= truth(i) && truth(i) <= upper[i] + 4;
  return covering(covered, 200, 1 - 2 * std::exp(-4.0));
}

// Ascent from random weights against the closed form, to 0.01 nats, which count as six errors.
Finding trained() {
  Array x = normal(Stream().at_epoch(60), {100, 6});
  const double deviations[] = {3, 2, 1.5, 0.5, 0.5, 0.5};
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] *= Real(deviations[i % 6]);
  LinearGaussian model({6, {2}}, Stream().at_epoch(20));
  nn::Adam adam(model.parameters(), 0.03);
  const int steps = 4000;
  for (int i = 0; i < steps; ++i) {
    adam.alpha = 0.03 * std::pow(0.02, double(i) / steps);
    Step step;
    adam.step(backward(
        -mean(elbo(model, constant(x), 1, KLForm::analytic, Stream().at_epoch(std::uint32_t(i))).elbo)));
  }
  Evaluation scope;
  Finding f;
  f.entries = f.estimates = 1;
  f.truth = maximum_log_px(PrincipalComponents(x), 2);
  f.mean = mean(model.log_px(constant(x))).item();
  f.error = 0.01 / convicted_at;
  f.z = (f.mean - f.truth) / f.error;
  return f;
}

}  // namespace

std::vector<Case> promise_cases() {
  std::vector<Case> cases;
  for (const double width : {0.7, 0.9, 1.1, 1.5}) {
    const bool narrow = width < 0.8;
    cases.push_back({"coverage", "± 1.96 errors, where given, at least 92 %",
                     "linear, q " + std::to_string(width).substr(0, 3) + " wide",
                     narrow ? Expected::biased : Expected::holds,
                     narrow ? "the large weights were not drawn" : "",
                     [=] { return standard_errors(width); }});
  }
  cases.push_back({"coverage", "AIS interval, 4 nats wider, at least 96 %", "linear, 1 level",
                   Expected::holds, "", intervals});
  cases.push_back({"training", "Adam to the maximum of pPCA, 0.01 nats", "linear, 1 level", Expected::holds,
                   "", trained});
  return cases;
}

}  // namespace tools
