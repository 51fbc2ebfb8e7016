// The pairs that have a closed form, and the average over samples for all others.
#include "nn/distributions/kl.h"

#include <functional>
#include <stdexcept>
#include <string>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/continuous_bernoulli.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/multivariate_normal.h"
#include "nn/distributions/normal.h"

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

std::optional<Var> kl_if_closed(const Density& any_q, const Density& any_p) {
  std::optional<Var> found;
  const auto if_pair = [&](auto* q, auto* p) {
    q = dynamic_cast<decltype(q)>(&*any_q), p = dynamic_cast<decltype(p)>(&*any_p);
    if (!found && q && p) found = kl(*q, *p);
  };
  const Bernoulli* const bernoulli = nullptr;
  const Categorical* const categorical = nullptr;
  const ContinuousBernoulli* const continuous_bernoulli = nullptr;
  const Laplace* const laplace = nullptr;
  const MultivariateNormal* const multivariate_normal = nullptr;
  const Normal* const normal = nullptr;
  if_pair(normal, normal);
  if_pair(normal, multivariate_normal);
  if_pair(multivariate_normal, normal);
  if_pair(multivariate_normal, multivariate_normal);
  if_pair(bernoulli, bernoulli);
  if_pair(categorical, categorical);
  if_pair(continuous_bernoulli, continuous_bernoulli);
  if_pair(laplace, laplace);
  return found;
}

Var kl_closed_form(const Density& q, const Density& p) {
  const std::optional<Var> found = kl_if_closed(q, p);
  if (!found)
    throw std::logic_error(std::string("[kl] of a ") + q->name() + " and a " + p->name() +
                           " has no closed form here; a Monte Carlo estimate can be had");
  return *found;
}

Var kl_monte_carlo(const Density& q, const Density& p, std::size_t samples, const Stream& stream) {
  return average(samples, stream, [&](const Stream& stream) {
    const Var z = q->rsample(stream);
    return q->log_prob(z) - p->log_prob(z);
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
