// The relaxed one-hot distribution, each formula over its line.
#include "nn/distributions/relaxed_one_hot.h"

#include <cmath>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/event.h"

namespace nn {

namespace {

const Real largest = sizeof(Real) == 4 ? 1e18 : 1e150;

}  // namespace

RelaxedOneHot::RelaxedOneHot(Var logits, Real temperature) : logits(logits), temperature(temperature) {
  check_classes("relaxed_one_hot", logits.shape());
  check_size("relaxed_one_hot", "logits", logits.value(), largest);
  check_positive("relaxed_one_hot", "temperature", full({}, temperature));
  check_size("relaxed_one_hot", "temperature", full({}, temperature), largest);
  check_size("relaxed_one_hot", "1 / temperature", full({}, 1 / temperature), largest);
}

// y = log softmax((l + g) / τ)
Var RelaxedOneHot::rsample_log(const Stream& stream) const {
  const Var noisy = logits + constant(gumbel(stream, logits.shape()));
  return log_softmax(noisy / temperature, last_axis(logits));
}

Var RelaxedOneHot::rsample(const Stream& stream) const { return exp(rsample_log(stream)); }

// log (K−1)! + (K−1) log τ + Σ_k [ a_k − y_k ] − K log Σ_k exp a_k,   a_k = l_k − τ y_k
Var RelaxedOneHot::log_prob_log(Var y) const {
  check_event("relaxed_one_hot.log_prob", y.shape(), logits.shape());
  const std::size_t k = last_axis(logits);
  const Real K = Real(logits.shape().back());
  const Real constants = std::lgamma(K) + (K - 1) * std::log(temperature);
  const Var a = logits - temperature * y;
  return sum_event(constants + sum(a - y, {k}) - K * logsumexp(a, {k}));
}

// Points at the border or beyond are moved inside first, so that what is computed there is finite; then their
// −∞ is added.
Var RelaxedOneHot::log_prob(Var x) const {
  check_event("relaxed_one_hot.log_prob", x.shape(), logits.shape());
  const Real least = std::numeric_limits<Real>::min();
  const Var inside = where(x < least, least, where(x > 2, 1, x));
  const Var none_at_border = min(within(x, least, 2, 0 * x), {last_axis(x)});
  return log_prob_log(log(inside)) + sum_event(on_simplex(x, none_at_border));
}

}  // namespace nn
