// The continuous Bernoulli distribution, each formula over its line. uniform_cumulant(n, l) is K⁽ⁿ⁾(l).
#include "nn/distributions/continuous_bernoulli.h"

#include "autograd/ops.h"
#include "nn/distributions/event.h"

namespace nn {

ContinuousBernoulli::ContinuousBernoulli(Var logits) : logits(logits) {
  check_event("continuous_bernoulli", logits.shape(), logits.shape());
  check_size("continuous_bernoulli", "logits", logits.value());
}

namespace {

// −|l|, at which K is small: x l − K(l) as a difference of large numbers would lose its digits
Var minus_size(Var l) { return where(l > 0, -l, l); }

}  // namespace

// x = F⁻¹(u), u ~ U(0, 1)
Var ContinuousBernoulli::rsample(const Stream& stream) const {
  return truncated_exponential_quantile(constant(uniform(stream, logits.shape())), logits);
}

// x l − K(l) = −w |l| − K(−|l|),  w = 1 − x for l > 0, else x
Var ContinuousBernoulli::log_probs(Var x) const {
  check_event("continuous_bernoulli.log_prob", x.shape(), logits.shape());
  const Var l = minus_size(logits), w = where(logits > 0, 1 - x, x);
  return within(x, 0, 1, w * l - uniform_cumulant(0, l));
}

// H = Σ [ K(l) − l K'(l) ], the same for l and −l
Var ContinuousBernoulli::entropy() const {
  const Var l = minus_size(logits);
  return sum_event(uniform_cumulant(0, l) - l * uniform_cumulant(1, l));
}

// F(x) = (e^lx − 1) / (eˡ − 1) = x e^(K(lx) − K(l)) = x e^(K(−|l|x) − K(−|l|) − max(l, 0) (1 − x))
Var ContinuousBernoulli::cdf(Var x) const {
  check_event("continuous_bernoulli.cdf", x.shape(), logits.shape());
  const Var inside = clamp(x, 0, 1);
  const Var l = minus_size(logits), above = where(logits > 0, logits, 0);
  return inside * exp(uniform_cumulant(0, l * inside) - uniform_cumulant(0, l) - above * (1 - inside));
}

Var ContinuousBernoulli::mean() const { return uniform_cumulant(1, logits); }

Var ContinuousBernoulli::variance() const { return uniform_cumulant(2, logits); }

Var kl(const ContinuousBernoulli& q, const ContinuousBernoulli& p) {
  check_event("kl(continuous_bernoulli, continuous_bernoulli)", q.logits.shape(), p.logits.shape());
  return sum_event(uniform_divergence(q.logits, p.logits));
}

}  // namespace nn
