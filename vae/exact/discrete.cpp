// The discrete hierarchy: its factors, each linear in its logits. Next: enumeration.cpp, the sums over z.
#include "vae/exact/discrete.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/bernoulli.h"
#include "nn/distributions/categorical.h"
#include "vae/networks.h"

namespace vae {

namespace {

constexpr std::size_t most_states = 1 << 12;

nn::WeightAndBias random_linear(std::size_t in, std::size_t out, const Stream& stream) {
  return nn::WeightAndBias(normal(stream, {out, in}), normal(stream.second(), {out}));
}

}  // namespace

Discrete::Discrete(const DiscreteSizes& sizes, const Stream& stream) : kind_(sizes.kind), decoder_(Array()) {
  if (sizes.latent.empty() || sizes.pixels == 0)
    throw std::invalid_argument("[discrete] at least one level and one pixel are needed");
  std::uint32_t epoch = 0;
  std::size_t above = 0, states = 1;  // Z_<t, and how many states they have
  for (const std::size_t Z : sizes.latent) {
    if (Z == 0 || Z > (kind_ == LatentKind::bits ? 12 : most_states))
      throw std::invalid_argument("[discrete] a level has " + std::to_string(Z) + " latents");
    states_.push_back(kind_ == LatentKind::bits ? all_bits(Z) : all_one_hots(Z));
    states *= states_.back().shape(0);
    if (states > most_states) throw std::invalid_argument("[discrete] z has more than 2^12 states");
    posterior_.push_back(random_linear(sizes.pixels + above, Z, stream.at_epoch(epoch++)));
    prior_.push_back(random_linear(above, Z, stream.at_epoch(epoch++)));
    above += Z;
  }
  decoder_ = random_linear(above, sizes.pixels, stream.at_epoch(epoch));
}

Density Discrete::conditional(Var logits) const {
  if (kind_ == LatentKind::bits) return nn::Bernoulli(logits);
  return nn::Categorical(logits);
}

// p(z₀) with logits c₀,  p(z_t|z_<t) with logits C_t z_<t + c_t   ->  [rows, Z_t]
Density Discrete::prior(const State& s) const {
  const nn::WeightAndBias& p = prior_[s.t()];
  if (s.t() == 0) return conditional(broadcast_to(p.bias, {s.rows, p.bias.shape()[0]}));
  return conditional(affine(concat(s.z, 1), p.weight, p.bias));
}

// q(z_t|z_<t, x) with logits A_t (x, z_<t) + a_t   ->  [S·B, Z_t]
Density Discrete::posterior(const State& s, const Features& x) const {
  const nn::WeightAndBias& q = posterior_[s.t()];
  return conditional(affine(side_by_side(repeat_to(x.front(), s.rows), s.z), q.weight, q.bias));
}

// p(x|z) = Bernoulli(W z + b)   ->  [rows, D]
Density Discrete::decode(const State& s) const {
  return nn::Bernoulli(affine(concat(s.z, 1), decoder_.weight, decoder_.bias));
}

Var Discrete::log_px(Var x) const { return log_px_by_enumeration(*this, x, states_); }

Density Discrete::true_posterior(const State& s, Var x) const {
  return posterior_by_enumeration(*this, s, x, states_);
}

void Discrete::visit_posterior(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels(); ++t) posterior_[t].visit("posterior." + std::to_string(t), visitor);
}

void Discrete::visit_generator(const nn::Visitor& visitor) {
  visitor("prior.0.bias", prior_[0].bias);
  for (std::size_t t = 1; t < levels(); ++t) prior_[t].visit("prior." + std::to_string(t), visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
