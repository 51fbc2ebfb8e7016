// The relaxed one-hot distribution, each formula over its line.
#include "nn/distributions/relaxed_one_hot.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"

namespace nn {

RelaxedOneHot::RelaxedOneHot(Var logits, Real temperature) : logits(logits), temperature(temperature) {
  if (logits.shape().size() < 2 || logits.shape().back() == 0)
    throw std::invalid_argument("[relaxed_one_hot] the logits are " + to_string(logits.shape()) +
                                ": a first axis and a last one, of classes, are needed");
  check_positive("relaxed_one_hot", "temperature", full({}, temperature));
}

Var RelaxedOneHot::rsample_log(const Stream& stream) const {
  const Var noisy = logits + constant(gumbel(stream, logits.shape()));
  return log_softmax(noisy / temperature, logits.shape().size() - 1);
}

Var RelaxedOneHot::rsample(const Stream& stream) const { return exp(rsample_log(stream)); }

Array RelaxedOneHot::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

Var RelaxedOneHot::log_prob_log(Var y) const {
  check_event("relaxed_one_hot.log_prob", y.shape(), logits.shape());
  const std::size_t last = logits.shape().size() - 1;
  const Real K = Real(logits.shape().back());
  const Real constants = std::lgamma(K) + (K - 1) * std::log(temperature);
  const Var a = logits - temperature * y;
  return sum_event(constants + sum(a - y, {last}) - K * logsumexp(a, {last}));
}

// Points at the border or beyond are moved inside first, so that what is computed there is finite.
Var RelaxedOneHot::log_prob(Var x) const {
  check_event("relaxed_one_hot.log_prob", x.shape(), logits.shape());
  const Real least = std::numeric_limits<Real>::min();
  const Var inside = where(x < least, least, where(x > Real(2), Real(1), x));
  const Var on = sum_event(on_simplex(x, min(within(x, least, Real(2), 0 * x), {x.shape().size() - 1})));
  return log_prob_log(log(inside)) + on;
}

}  // namespace nn
