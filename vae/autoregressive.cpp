// The hierarchy: its networks, the factors that they stand for, and the pass from the top level to the last.
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

// z₀, …, z_{t−1} side by side, after `first` if there is one.  [rows, Z_s] each  ->  [rows, Σ]
Var side_by_side(const std::vector<Level>& levels, std::optional<Var> first = {}) {
  std::vector<Var> columns;
  if (first) columns.push_back(*first);
  for (const Level& level : levels) columns.push_back(level.z);
  return concat(columns, 1);
}

}  // namespace

// The weights of posterior t come from the stream's epoch 2t, those of prior t from 2t + 1, and the decoder's
// from 1: with one level they are those of the plain VAE.
AutoregressiveVAE::AutoregressiveVAE(const Architecture& a, const Stream& stream)
    : decoder_(a, sum_of_latents(a), stream.at_epoch(1)) {
  std::size_t above = 0;  // Z_<t
  for (std::size_t t = 0; t < a.latent.size(); ++t) {
    const std::size_t Z = a.latent[t];
    const std::uint32_t epoch = 2 * std::uint32_t(t);
    levels_.push_back({Z, network(a, a.pixels + above, 2 * Z, stream.at_epoch(epoch)), {}});
    if (t > 0) levels_[t].prior = network(a, above, 2 * Z, stream.at_epoch(epoch + 1));
    above += Z;
  }
}

// ---- the factors ------------------------------------------------------------------------------------------

// p(z₀) = N(0, I),  p(z_t | z_<t) = N(μ(z_<t), σ²(z_<t))   ->  [rows, Z_t]
Normal AutoregressiveVAE::prior(const std::vector<Level>& above, std::size_t rows) const {
  const LevelNetworks& level = levels_[above.size()];
  if (above.empty()) return Normal::standard({rows, level.latent});
  return normal_from((*level.prior)(side_by_side(above)));
}

// q(z₀ | x) = N(μ(x), σ²(x)), computed once for all samples;  q(z_t | z_<t, x) = N(μ(x, z_<t), σ²(x, z_<t))
// x: [B,D]  ->  [S·B, Z_t]
Normal AutoregressiveVAE::posterior(const std::vector<Level>& above, Var x, std::size_t samples) const {
  const LevelNetworks& level = levels_[above.size()];
  if (above.empty()) return normal_from(repeat(level.posterior(x), samples));
  return normal_from(level.posterior(side_by_side(above, repeat(x, samples))));
}

// p(x | z₀, …, z_{L−1})   [rows, Z_t] each  ->  [rows, D]
Likelihood AutoregressiveVAE::decode(const std::vector<Level>& levels) const {
  return decoder_(side_by_side(levels));
}

// ---- from the top level to the last -----------------------------------------------------------------------

// One level, for inference and generation alike: z_t from the posterior if x is given, else from the prior.
Level AutoregressiveVAE::next_level(const std::vector<Level>& above, std::optional<Var> x,
                                    std::size_t samples, std::size_t rows, const Stream& stream) const {
  const Normal p = prior(above, rows);
  const Normal q = x ? posterior(above, *x, samples) : p;
  return {q, p, q.rsample(stream.at_level(std::uint32_t(above.size())))};
}

std::vector<Level> AutoregressiveVAE::infer(Var x, std::size_t samples, const Stream& stream) const {
  const Stream noise = stream.for_batch(x.rows());
  std::vector<Level> levels;
  while (levels.size() < levels_.size())
    levels.push_back(next_level(levels, x, samples, samples * x.rows(), noise));
  return levels;
}

std::vector<Level> AutoregressiveVAE::generate(std::size_t rows, const Stream& stream,
                                               std::vector<Level> levels) const {
  while (levels.size() < levels_.size()) levels.push_back(next_level(levels, {}, 1, rows, stream));
  return levels;
}

void AutoregressiveVAE::visit(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels_.size(); ++t)
    levels_[t].posterior.visit("posterior." + std::to_string(t), visitor);
  for (std::size_t t = 1; t < levels_.size(); ++t)
    levels_[t].prior->visit("prior." + std::to_string(t), visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
