// The categorical distribution, each formula over its line.
#include "nn/distributions/categorical.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

// −log(−log v) with v = 1 − u, which is as uniform as u. Where the noise is large, v is near 1, and log1p(−u)
// keeps the digits of log v.
Array gumbel(const Stream& stream, const Shape& shape) {
  Evaluation scope;
  return (-log(-log1p(-constant(uniform(stream, shape))))).value();
}

Categorical::Categorical(Var logits) : logits(logits) {
  check_classes("categorical", logits.shape());
  check_logits("categorical", logits.value());
}

// The class with the largest l + noise (Gumbel 1954)
Array Categorical::sample(const Stream& stream) const {
  Evaluation scope;
  const Var noisy = logits + constant(gumbel(stream, logits.shape()));
  const std::vector<std::size_t> chosen = argmax(noisy.value(), last_axis(logits));
  Array x = zeros(logits.shape());
  const std::size_t K = logits.shape().back();
  for (std::size_t i = 0; i < chosen.size(); ++i) x.data()[i * K + chosen[i]] = 1;
  return x;
}

Var Categorical::log_prob(Var x) const {
  check_event("categorical.log_prob", x.shape(), logits.shape());
  const Var each = times_log(x, log_softmax(logits, last_axis(logits)));
  return sum_event(on_simplex(x, sum(each, {last_axis(x)})));
}

// H = −Σ p · log p
Var Categorical::entropy() const {
  const Var log_p = log_softmax(logits, last_axis(logits));
  return -sum_event(times_log(exp(log_p), log_p));
}

Var Categorical::mean() const { return softmax(logits, last_axis(logits)); }

// p_k (1 − p_k), where 1 − p_k is the sum of the others, which does not cancel
Var Categorical::variance() const {
  const std::size_t K = logits.shape().back();
  Array others = full({K, K}, 1);
  for (std::size_t k = 0; k < K; ++k) others(k, k) = 0;
  const Var p = mean();
  return p * matmul(p, constant(others));
}

Var kl(const Categorical& q, const Categorical& p) {
  check_event("kl(categorical, categorical)", q.logits.shape(), p.logits.shape());
  const Var log_q = log_softmax(q.logits, last_axis(q.logits));
  const Var log_p = log_softmax(p.logits, last_axis(p.logits));
  return sum_event(kl_terms(log_q, log_p));
}

}  // namespace nn
