// The Monte Carlo estimate of a KL.
#include "nn/distributions/kl_monte_carlo.h"

#include <functional>
#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

// 1/S Σ_s f(stream of sample s)
Var average(std::size_t samples, const Stream& stream, const std::function<Var(const Stream&)>& f) {
  if (samples == 0) throw std::invalid_argument("[kl_monte_carlo] at least one sample is needed");
  Var total = f(stream);
  for (std::uint32_t s = 1; s < samples; ++s) total = total + f(stream.at_sample(stream.first_sample + s));
  return total / Real(samples);
}

}  // namespace

Var kl_monte_carlo(const Density& q, const Density& p, std::size_t samples, const Stream& stream) {
  return average(samples, stream, [&](const Stream& stream) {
    const Var z = rsample(q, stream);
    return log_prob(q, z) - log_prob(p, z);
  });
}

Var kl_monte_carlo(const Density& q, const Mixture& p, std::size_t samples, const Stream& stream) {
  return average(samples, stream, [&](const Stream& stream) {
    const Var z = rsample(q, stream);
    return log_prob(q, z) - p.log_prob(z);
  });
}

// At y = log z, because z may round to a corner; the change of variable is the same for both and cancels.
Var kl_monte_carlo(const RelaxedOneHot& q, const RelaxedOneHot& p, std::size_t samples,
                   const Stream& stream) {
  return average(samples, stream, [&](const Stream& stream) {
    const Var y = q.rsample_log(stream);
    return q.log_prob_log(y) - p.log_prob_log(y);
  });
}

}  // namespace nn
