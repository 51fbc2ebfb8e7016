// The Bernoulli distribution, each formula over its line.
#include "nn/distributions/bernoulli.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

Bernoulli::Bernoulli(Var logits) : logits(logits) {
  check_event("bernoulli", logits.shape(), logits.shape());
}

// x = 1 where u < σ(l), u ~ U(0, 1)
Array Bernoulli::sample(const Stream& stream) const {
  Evaluation scope;
  const Var u = constant(uniform(stream, logits.shape()));
  return (u < mean()).value();
}

// x l − log(1 + e^l)
Var Bernoulli::log_probs(Var x) const {
  check_event("bernoulli.log_prob", x.shape(), logits.shape());
  return bernoulli_log_prob(x, logits);
}

// H = Σ [ log(1 + e^−|l|) + |l| σ(−|l|) ], whose terms are of one sign; ∞ · 0 is 0
Var Bernoulli::entropy() const {
  const Var size = where(logits > 0, logits, -logits), rest = sigmoid(-size);
  return sum_event(softplus(-size) + rest * where(rest, size, 0));
}

// F = 0 for x < 0,  1 − σ(l) for 0 ≤ x < 1,  1 for x ≥ 1
Var Bernoulli::cdf(Var x) const {
  check_event("bernoulli.cdf", x.shape(), logits.shape());
  return where(x < 0, 0, where(x < 1, sigmoid(-logits), 1));
}

Var Bernoulli::mean() const { return sigmoid(logits); }

Var Bernoulli::variance() const { return sigmoid(logits) * sigmoid(-logits); }

Var kl(const Bernoulli& q, const Bernoulli& p) {
  check_event("kl(bernoulli, bernoulli)", q.logits.shape(), p.logits.shape());
  const Var a = q.logits, b = p.logits;
  return sum_event(kl_terms(log_sigmoid(a), log_sigmoid(b)) + kl_terms(log_sigmoid(-a), log_sigmoid(-b)));
}

}  // namespace nn
