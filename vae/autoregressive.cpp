// The hierarchy: its networks, and the factors that they stand for. Next: descent.cpp, the way down.
#include "vae/autoregressive.h"

#include <numeric>
#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

namespace {

std::size_t sum_of_latents(const Architecture& a) {
  if (a.latent.empty() || a.latent.size() > 200)
    throw std::invalid_argument("[autoregressive] between one level and 200 are possible, not " +
                                std::to_string(a.latent.size()));
  return std::accumulate(a.latent.begin(), a.latent.end(), std::size_t(0));
}

}  // namespace

// The weights of posterior t come from the stream's epoch 2t, those of prior t from 2t + 1, and the decoder's
// from 1: with one level they are those of the plain VAE.
AutoregressiveVAE::AutoregressiveVAE(const Architecture& a, const Stream& stream)
    : decoder_(a, sum_of_latents(a) + a.condition, stream.at_epoch(1)) {
  prior_ = make_prior(a, stream.at_epoch(epoch_of_prior));
  std::size_t above = 0;  // Z_<t
  for (std::size_t t = 0; t < a.latent.size(); ++t) {
    const std::size_t Z = a.latent[t];
    const std::uint32_t epoch = 2 * std::uint32_t(t);
    std::unique_ptr<Posterior> q = make_posterior(a, t, Z, stream);
    nn::MLP posterior = network(a, a.pixels + a.condition + above, q->numbers(), stream.at_epoch(epoch));
    levels_.push_back({Z, std::move(q), std::move(posterior), {}});
    if (t > 0) levels_[t].prior = network(a, above + a.condition, 2 * Z, stream.at_epoch(epoch + 1));
    above += Z;
  }
}

// ---- the factors ------------------------------------------------------------------------------------------

// p(z₀),  p(z_t | z_<t) = N(μ(z_<t), σ²(z_<t))   ->  [rows, Z_t]
Density AutoregressiveVAE::prior(const State& s) const {
  if (s.t() == 0) return (*prior_)(s, *this);
  return normal_from((*levels_[s.t()].prior)(side_by_side({}, s.z, s.c)));
}

Features AutoregressiveVAE::features(Var x, Var c) const { return {side_by_side(x, {}, c)}; }

// q(z₀ | x) = N(μ(x), σ²(x)), computed once for all samples;  q(z_t | z_<t, x) = N(μ(x, z_<t), σ²(x, z_<t))
// x: [B,D]  ->  [S·B, Z_t]
Density AutoregressiveVAE::posterior(const State& s, const Features& x) const {
  const LevelNetworks& level = levels_[s.t()];
  if (s.t() == 0) return (*level.q)(repeat_to(level.posterior(x.front()), s.rows));
  return (*level.q)(level.posterior(side_by_side(repeat_to(x.front(), s.rows), s.z)));
}

// p(x | z₀, …, z_{L−1})   [rows, Z_t] each  ->  [rows, D]
Density AutoregressiveVAE::decode(const State& s) const { return decoder_(side_by_side({}, s.z, s.c)); }

void AutoregressiveVAE::visit_posterior(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels_.size(); ++t) {
    const std::string name = "posterior." + std::to_string(t);
    levels_[t].posterior.visit(name, visitor), levels_[t].q->visit(name + ".flow", visitor);
  }
}

void AutoregressiveVAE::visit_generator(const nn::Visitor& visitor) {
  prior_->visit("prior.0", visitor);
  for (std::size_t t = 1; t < levels_.size(); ++t)
    levels_[t].prior->visit("prior." + std::to_string(t), visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
