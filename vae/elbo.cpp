// The bound. Each term of the equation is a line: reconstruction, KL of each level, their difference.
#include "vae/elbo.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

namespace {

// The mean over samples.  v: [S·B]  ->  [B]
Var over_samples(Var v, std::size_t samples) {
  if (samples == 1) return v;
  return mean(reshape(v, {samples, v.rows() / samples}), {0});
}

// z ~ q(z|x), level by level, and log p(x|z) there.  [S·B]
struct Sampled {
  std::vector<Level> levels;
  Var log_px_given_z;
};

Sampled sample(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  if (samples == 0) throw std::invalid_argument("[elbo] at least one sample of z is needed");
  const std::vector<Level> levels = model.infer(x, samples, stream);
  return {levels, log_prob(model.decode(levels), repeat(x, samples))};
}

}  // namespace

Bound elbo(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream) {
  const auto [levels, log_px_given_z] = sample(model, x, samples, stream);

  Bound bound;
  bound.reconstruction = over_samples(log_px_given_z, samples);
  for (const auto& [q, p, z] : levels) {
    const Var kl_t = form == KLForm::analytic ? kl(q, p) : q.log_prob(z) - p.log_prob(z);  // [S·B]
    bound.kl_per_level.push_back(over_samples(kl_t, samples));
  }
  bound.kl = bound.kl_per_level.front();
  for (std::size_t t = 1; t < levels.size(); ++t) bound.kl = bound.kl + bound.kl_per_level[t];
  bound.elbo = bound.reconstruction - bound.kl;
  return bound;
}

Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream) {
  const auto [levels, log_px_given_z] = sample(model, x, samples, stream);
  Var log_w = log_px_given_z;
  for (const auto& [q, p, z] : levels) log_w = log_w + (p.log_prob(z) - q.log_prob(z));
  return log_w;
}

}  // namespace vae
