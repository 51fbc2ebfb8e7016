#include "vae/elbo.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

KL kl_named(const std::string& name) {
  if (name == "analytic") return KL::analytic;
  if (name == "monte-carlo") return KL::monte_carlo;
  throw std::invalid_argument("[kl] '" + name + "' is not one of analytic, monte-carlo");
}

namespace {

// The mean over samples.  v: [S·B]  ->  [B]
Var over_samples(Var v, std::size_t samples) {
  if (samples == 1) return v;
  return mean(reshape(v, {samples, v.rows() / samples}), {0});
}

}  // namespace

Bound elbo(const Model& model, Var x, std::size_t samples, KL form, const Stream& stream) {
  if (samples == 0) throw std::invalid_argument("[elbo] at least one sample of z is needed");
  const std::vector<Level> levels = model.infer(x, samples, stream.for_batch(x.rows()));

  Bound bound;
  bound.reconstruction = over_samples(log_prob(model.decode(levels), repeat(x, samples)), samples);
  for (const auto& [q, p, z] : levels) {
    const Var kl_t = form == KL::analytic ? kl(q, p) : q.log_prob(z) - p.log_prob(z);
    bound.kl_per_level.push_back(over_samples(kl_t, samples));
  }
  bound.kl = bound.kl_per_level.front();
  for (std::size_t t = 1; t < levels.size(); ++t) bound.kl = bound.kl + bound.kl_per_level[t];
  bound.elbo = bound.reconstruction - bound.kl;
  return bound;
}

Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const std::vector<Level> levels = model.infer(x, samples, stream.for_batch(x.rows()));
  Var log_w = log_prob(model.decode(levels), repeat(x, samples));
  for (const auto& [q, p, z] : levels) log_w = log_w + (p.log_prob(z) - q.log_prob(z));
  return log_w;
}

}  // namespace vae
