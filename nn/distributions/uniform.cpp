// The uniform distribution, each formula over its line.
#include "nn/distributions/uniform.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

Uniform::Uniform(Var low, Var high) : low(low), high(high) {
  check_event("uniform", low.shape(), high.shape());
  for (std::size_t i = 0; i < low.value().size(); ++i) {
    const Real a = low.value().data()[i], b = high.value().data()[i];
    if (!(a < b && std::isfinite(b - a)))
      throw std::domain_error("[uniform] low is " + std::to_string(a) + " and high " + std::to_string(b) +
                              " at element " + std::to_string(i) +
                              "; low must be below high, by a finite distance");
  }
}

Var Uniform::rsample(const Stream& stream) const {
  return low + (high - low) * constant(autograd::uniform(stream, low.shape()));
}

Array Uniform::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

// (The 0 x is for NaN, which is neither inside nor outside.)
Var Uniform::log_prob(Var x) const {
  check_event("uniform.log_prob", x.shape(), low.shape());
  return sum_event(within(x, low, high, 0 * x - log(high - low)));
}

Var Uniform::entropy() const { return sum_event(log(high - low)); }

Var Uniform::cdf(Var x) const {
  check_event("uniform.cdf", x.shape(), low.shape());
  return clamp((x - low) / (high - low), 0, 1);
}

Var Uniform::mean() const { return 0.5 * (low + high); }

Var Uniform::variance() const { return square(high - low) / Real(12); }

Var kl(const Uniform& q, const Uniform& p) {
  check_event("kl(uniform, uniform)", q.low.shape(), p.low.shape());
  const Var finite = log((p.high - p.low) / (q.high - q.low));
  return sum_event(-within(q.low, p.low, p.high, within(q.high, p.low, p.high, -finite)));
}

}  // namespace nn
