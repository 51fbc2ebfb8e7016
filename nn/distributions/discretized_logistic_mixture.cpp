// The mixture of discretized logistics, each formula over its line.
#include "nn/distributions/discretized_logistic_mixture.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"

namespace nn {

namespace {

std::size_t last_axis(Var x) { return x.shape().size() - 1; }

}  // namespace

DiscretizedLogisticMixture::DiscretizedLogisticMixture(Var logits, Var mu, Var log_scale)
    : logits(logits), mu(mu), log_scale(log_scale) {
  if (logits.shape().size() < 2 || logits.shape().back() == 0 || mu.shape() != logits.shape() ||
      log_scale.shape() != logits.shape())
    throw std::invalid_argument("[discretized_logistic_mixture] logits are " + to_string(logits.shape()) +
                                ", mu " + to_string(mu.shape()) + ", log_scale " +
                                to_string(log_scale.shape()));
}

Shape DiscretizedLogisticMixture::shape() const {
  const Shape& s = logits.shape();
  return Shape(s.begin(), s.end() - 1);
}

// Choose a component for each pixel, then draw from all and keep the chosen.
Array DiscretizedLogisticMixture::sample(const Stream& stream) const {
  Evaluation scope;
  const Var choice = constant(Categorical(logits).sample(stream.second()));
  const Var all = constant(DiscretizedLogistic(mu, log_scale).sample(stream));
  return sum(choice * all, {last_axis(all)}).value();
}

Var DiscretizedLogisticMixture::log_prob(Var x) const {
  check_event("discretized_logistic_mixture.log_prob", x.shape(), shape());
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).log_probs(spread_last(x, logits.shape().back()));
  return sum_event(logsumexp(log_softmax(logits, k) + each, {k}));
}

// log Σ_k over the axis before the last of [B,…,K,256]
Var DiscretizedLogisticMixture::log_table() const {
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).log_table();
  return logsumexp(spread_last(log_softmax(logits, k), pixel_levels) + each, {k});
}

Var DiscretizedLogisticMixture::cdf(Var x) const {
  const std::size_t k = last_axis(logits);
  const Var each = DiscretizedLogistic(mu, log_scale).cdf(spread_last(x, logits.shape().back()));
  return sum(softmax(logits, k) * each, {k});
}

Var DiscretizedLogisticMixture::mean() const { return mean_of_levels(log_table()); }
Var DiscretizedLogisticMixture::variance() const { return variance_of_levels(log_table()); }
Var DiscretizedLogisticMixture::entropy() const { return entropy_of_levels(log_table()); }

Var kl(const DiscretizedLogisticMixture& q, const DiscretizedLogisticMixture& p) {
  check_event("kl(discretized_logistic_mixture, discretized_logistic_mixture)", q.shape(), p.shape());
  return kl_of_levels(q.log_table(), p.log_table());
}

Var kl(const DiscretizedLogisticMixture& q, const DiscretizedLogistic& p) {
  check_event("kl(discretized_logistic_mixture, discretized_logistic)", q.shape(), p.shape());
  return kl_of_levels(q.log_table(), p.log_table());
}

Var kl(const DiscretizedLogistic& q, const DiscretizedLogisticMixture& p) {
  check_event("kl(discretized_logistic, discretized_logistic_mixture)", q.shape(), p.shape());
  return kl_of_levels(q.log_table(), p.log_table());
}

}  // namespace nn
