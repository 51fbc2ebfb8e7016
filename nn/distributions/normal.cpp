// The normal distribution, each formula over its line. Next: ../../vae/elbo.cpp.
#include "nn/distributions/normal.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

namespace {

const Real inverse_sqrt_2 = 0.7071067811865476;

}  // namespace

Normal::Normal(Var mu, Var log_var) : mu(mu), log_var(log_var) {
  check_parameters("normal", "mu", mu.shape(), "log_var", log_var.shape());
  check_size("normal", "log_var", log_var.value(), widest_log);
}

Normal Normal::standard(const Shape& shape) { return {constant(zeros(shape)), constant(zeros(shape))}; }

// z = μ + σε
Var Normal::rsample(const Stream& stream) const {
  const Var epsilon = constant(normal(stream, mu.shape()));
  return mu + exp(0.5 * log_var) * epsilon;
}

// log N(x; μ, σ²) = −½ [ log 2π + log σ² + ((x − μ) / σ)² ]
Var Normal::log_probs(Var x) const {
  check_event("normal.log_prob", x.shape(), mu.shape());
  check_difference("normal.log_prob", x.value(), mu.value());
  return -0.5 * (log_2pi + log_var + square((x - mu) * exp(-0.5 * log_var)));
}

// H = ½ Σ [ log 2πe + log σ² ]
Var Normal::entropy() const { return 0.5 * sum_event(log_2pi + 1 + log_var); }

// F = ½ erfc(−(x − μ) / σ√2)
Var Normal::cdf(Var x) const {
  check_event("normal.cdf", x.shape(), mu.shape());
  check_difference("normal.cdf", x.value(), mu.value());
  return 0.5 * erfc((mu - x) * exp(-0.5 * log_var) * inverse_sqrt_2);
}

Var Normal::variance() const { return exp(log_var); }

// exp_excess is e^d − 1 − d.
Var kl(const Normal& q, const Normal& p) {
  check_event("kl(normal, normal)", q.mu.shape(), p.mu.shape());
  check_difference("kl(normal, normal)", q.mu.value(), p.mu.value());
  const Var d = q.log_var - p.log_var;
  return 0.5 * sum_event(exp_excess(d) + square((q.mu - p.mu) * exp(-0.5 * p.log_var)));
}

}  // namespace nn
