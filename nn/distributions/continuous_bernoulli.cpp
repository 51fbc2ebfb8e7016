// The continuous Bernoulli distribution, each formula over its line. uniform_cumulant(n, l) is K⁽ⁿ⁾(l).
#include "nn/distributions/continuous_bernoulli.h"

#include "autograd/ops.h"

namespace nn {

ContinuousBernoulli::ContinuousBernoulli(Var logits) : logits(logits) {
  check_event("continuous_bernoulli", logits.shape(), logits.shape());
}

// x = F⁻¹(u), u ~ U(0, 1)
Var ContinuousBernoulli::rsample(const Stream& stream) const {
  return truncated_exponential_quantile(constant(uniform(stream, logits.shape())), logits);
}

// Σ [ x l − K(l) ]
Var ContinuousBernoulli::log_prob(Var x) const {
  check_event("continuous_bernoulli.log_prob", x.shape(), logits.shape());
  return sum_event(within(x, 0, 1, x * logits - uniform_cumulant(0, logits)));
}

// H = Σ [ K(l) − l K'(l) ]
Var ContinuousBernoulli::entropy() const {
  return sum_event(uniform_cumulant(0, logits) - logits * uniform_cumulant(1, logits));
}

// F(x) = (e^lx − 1) / (eˡ − 1) = x e^(K(lx) − K(l))
Var ContinuousBernoulli::cdf(Var x) const {
  check_event("continuous_bernoulli.cdf", x.shape(), logits.shape());
  const Var inside = clamp(x, 0, 1);
  return inside * exp(uniform_cumulant(0, logits * inside) - uniform_cumulant(0, logits));
}

Var ContinuousBernoulli::mean() const { return uniform_cumulant(1, logits); }

Var ContinuousBernoulli::variance() const { return uniform_cumulant(2, logits); }

Var kl(const ContinuousBernoulli& q, const ContinuousBernoulli& p) {
  check_event("kl(continuous_bernoulli, continuous_bernoulli)", q.logits.shape(), p.logits.shape());
  const Var a = q.logits, b = p.logits;
  return sum_event(uniform_cumulant(0, b) - uniform_cumulant(0, a) - uniform_cumulant(1, a) * (b - a));
}

}  // namespace nn
