// The logistic distribution, each formula over its line.
#include "nn/distributions/logistic.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

namespace {

const Real pi_squared_over_3 = 3.2898681336964529;

}  // namespace

Logistic::Logistic(Var mu, Var log_scale) : mu(mu), log_scale(log_scale) {
  check_parameters("logistic", "mu", mu.shape(), "log_scale", log_scale.shape());
  check_size("logistic", "mu", mu.value());
  check_size("logistic", "log_scale", log_scale.value(), widest_log);
}

// z = μ + s log(u / (1 − u))
Var Logistic::rsample(const Stream& stream) const {
  const Var u = constant(uniform(stream, mu.shape()));
  return mu + scaled(log(u) - log1p(-u), log_scale);
}

// log σ(t) + log σ(−t) − log s
Var Logistic::log_probs(Var x) const {
  check_event("logistic.log_prob", x.shape(), mu.shape());
  const Var t = scaled(x - mu, -log_scale);
  return log_sigmoid(t) + log_sigmoid(-t) - log_scale;
}

// H = Σ [ log s + 2 ]
Var Logistic::entropy() const { return sum_event(log_scale + 2); }

// F = σ(t)
Var Logistic::cdf(Var x) const {
  check_event("logistic.cdf", x.shape(), mu.shape());
  return sigmoid(scaled(x - mu, -log_scale));
}

Var Logistic::variance() const { return pi_squared_over_3 * exp(2 * log_scale); }

}  // namespace nn
