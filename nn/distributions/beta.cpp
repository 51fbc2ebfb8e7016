// The beta distribution, each formula over its line.
#include "nn/distributions/beta.h"

#include <limits>

#include "autograd/ops.h"
#include "autograd/ops/divergence.h"
#include "autograd/ops/incomplete_gamma.h"

namespace nn {

Beta::Beta(Var alpha, Var beta) : alpha(alpha), beta(beta) {
  check_event("beta", alpha.shape(), beta.shape());
  check_positive("beta", "alpha", alpha.value());
  check_positive("beta", "beta", beta.value());
}

// x = X / (X + Y) = σ(log X − log Y)
Var Beta::rsample(const Stream& stream) const {
  const Var both = log_gamma_sample(stack({alpha, beta}, 1), stream);
  const Var log_x = squeeze(slice(both, 1, 0, 1), 1), log_y = squeeze(slice(both, 1, 1, 2), 1);
  using limits = std::numeric_limits<Real>;
  return clamp(sigmoid(log_x - log_y), limits::min(), 1 - limits::epsilon() / 2);
}

Array Beta::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

Var Beta::log_normalizer() const { return lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta); }

Var Beta::log_prob(Var x) const {
  check_event("beta.log_prob", x.shape(), alpha.shape());
  const Var y = where(x < Real(0), Real(0.5), where(x > Real(1), Real(0.5), x));
  const Var inside = xlogy(alpha - Real(1), y) + xlog1py(beta - Real(1), -y) - log_normalizer();
  return sum_event(within(x, Real(0), Real(1), inside));
}

// H = Σ [ log B − (α − 1) E log x − (β − 1) E log(1 − x) ]
Var Beta::entropy() const {
  return sum_event(log_normalizer() - (alpha - Real(1)) * mean_log() -
                   (beta - Real(1)) * mean_log_of_complement());
}

Var Beta::cdf(Var x) const {
  check_event("beta.cdf", x.shape(), alpha.shape());
  const Var y = where(x > Real(0), where(x < Real(1), x, Real(0.5)), Real(0.5));
  return where(x > Real(0), where(x < Real(1), beta_cdf(alpha, beta, y), Real(1)), Real(0));
}

Var Beta::mean() const { return alpha / (alpha + beta); }

Var Beta::variance() const {
  const Var total = alpha + beta;
  return alpha * beta / (square(total) * (total + Real(1)));
}

Var Beta::mean_log() const { return digamma(alpha) - digamma(alpha + beta); }
Var Beta::mean_log_of_complement() const { return digamma(beta) - digamma(alpha + beta); }

// What differs in the means, and what differs in the concentrations.
Var kl(const Beta& q, const Beta& p) {
  check_event("kl(beta, beta)", q.alpha.shape(), p.alpha.shape());
  const Var q_total = q.alpha + q.beta, p_total = p.alpha + p.beta, grown = p_total / q_total;
  const Var means = relative_entropy(p.alpha, q.alpha * grown) + relative_entropy(p.beta, q.beta * grown);
  const Var concentrations = stirling_divergence(q.alpha, p.alpha) + stirling_divergence(q.beta, p.beta);
  return sum_event(means + concentrations - stirling_divergence(q_total, p_total));
}

}  // namespace nn
