// The mixture of discretized logistics, each formula over its line.
#include "nn/distributions/discretized_logistic_mixture.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

DiscretizedLogisticMixture::DiscretizedLogisticMixture(Var logits, Var mu, Var log_scale)
    : logits(logits), mu(mu), log_scale(log_scale) {
  check_components("discretized_logistic_mixture", logits, "mu", mu, "log_scale", log_scale);
  DiscretizedLogistic(mu, log_scale);  // checks them
}

Shape DiscretizedLogisticMixture::shape() const { return without_last_axis(logits.shape()); }

Array DiscretizedLogisticMixture::sample(const Stream& stream) const {
  return choose_components(logits, DiscretizedLogistic(mu, log_scale).sample(stream), stream);
}

// log Σ_k softmax(l_d)_k p_dk(x_d)
Var DiscretizedLogisticMixture::log_probs(Var x) const {
  check_event("discretized_logistic_mixture.log_prob", x.shape(), shape());
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).log_probs(spread_last(x, logits.shape().back()));
  return logsumexp(log_softmax(logits, k) + each, {k});
}

// log Σ_k over axis k of [B,…,K,256]
Var DiscretizedLogisticMixture::log_table() const {
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).log_table();
  return logsumexp(spread_last(log_softmax(logits, k), pixel_levels) + each, {k});
}

// F = Σ_k softmax(l)_k F_k
Var DiscretizedLogisticMixture::cdf(Var x) const {
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).cdf(spread_last(x, logits.shape().back()));
  return sum(softmax(logits, k) * each, {k});
}

Var DiscretizedLogisticMixture::mean() const { return mean_of_levels(log_table()); }

Var DiscretizedLogisticMixture::variance() const { return variance_of_levels(log_table()); }

Var DiscretizedLogisticMixture::entropy() const { return entropy_of_levels(log_table()); }

}  // namespace nn
