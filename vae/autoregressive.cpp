// The hierarchy: the networks, the factors that they stand for, and the one way down that inference and
// generation share.
#include "vae/autoregressive.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

namespace {

std::size_t total(const std::vector<std::size_t>& sizes, std::size_t count) {
  std::size_t sum = 0;
  for (std::size_t t = 0; t < count; ++t) sum += sizes[t];
  return sum;
}

std::vector<Var> latents(const std::vector<Level>& levels) {
  std::vector<Var> zs;
  for (const Level& level : levels) zs.push_back(level.z);
  return zs;
}

const Architecture& checked(const Architecture& a) {
  if (a.latent.empty() || a.latent.size() > 256)
    throw std::invalid_argument("[autoregressive] between one level and 256 are possible, not " +
                                std::to_string(a.latent.size()));
  return a;
}

}  // namespace

// The streams of the networks: posterior of level 0, decoder, then posterior and prior of each further level;
// so one level begins with the weights of the plain VAE.
AutoregressiveVAE::AutoregressiveVAE(const Architecture& a, const Stream& stream)
    : decoder_(layer_sizes(total(checked(a).latent, a.latent.size()), a.hidden, a.pixels), *a.activation,
               a.likelihood, stream.at_epoch(1)) {
  for (std::size_t t = 0; t < a.latent.size(); ++t) {
    const std::size_t above = total(a.latent, t), out = 2 * a.latent[t];
    const auto network = [&](std::size_t in, std::size_t which) {
      return nn::MLP(layer_sizes(in, a.hidden, out), *a.activation, stream.at_epoch(std::uint32_t(which)));
    };
    Networks level = {network(a.pixels + above, 2 * t), {}, a.latent[t]};
    if (t > 0) level.prior = network(above, 2 * t + 1);
    levels_.push_back(std::move(level));
  }
}

// ---- the factors ------------------------------------------------------------------------------------------

// p(z₀) = N(0, I),  p(z_t | z_<t) = N(μ, σ²)(z_<t)
Normal AutoregressiveVAE::prior(const std::vector<Level>& above, std::size_t rows) const {
  const Networks& level = levels_[above.size()];
  if (!level.prior) return Normal::standard({rows, level.latent});
  return normal_from((*level.prior)(concat(latents(above), 1)));
}

// q(z₀ | x) = N(μ, σ²)(x), the same for all samples;  q(z_t | z_<t, x) = N(μ, σ²)(x, z_<t)
Normal AutoregressiveVAE::posterior(const std::vector<Level>& above, Var x, std::size_t samples) const {
  const Networks& level = levels_[above.size()];
  if (above.empty()) return normal_from(repeat(level.posterior(x), samples));
  std::vector<Var> given = latents(above);
  given.insert(given.begin(), repeat(x, samples));
  return normal_from(level.posterior(concat(given, 1)));
}

// p(x | z) of all levels together
Likelihood AutoregressiveVAE::decode(const std::vector<Level>& levels) const {
  return decoder_(concat(latents(levels), 1));
}

// ---- the way down -----------------------------------------------------------------------------------------

// One level, for inference (x given) and generation alike: z_t from the posterior if there is an x, from the
// prior if not.
Level AutoregressiveVAE::descend(const std::vector<Level>& above, const Var* x, std::size_t samples,
                                 std::size_t rows, const Stream& stream) const {
  const Normal p = prior(above, rows);
  const Normal q = x ? posterior(above, *x, samples) : p;
  return {q, p, q.rsample(stream.at_level(std::uint32_t(above.size())))};
}

std::vector<Level> AutoregressiveVAE::infer(Var x, std::size_t samples, const Stream& stream) const {
  const Stream noise = stream.for_batch(x.rows());
  std::vector<Level> levels;
  while (levels.size() < levels_.size())
    levels.push_back(descend(levels, &x, samples, samples * x.rows(), noise));
  return levels;
}

std::vector<Level> AutoregressiveVAE::generate(std::size_t rows, const Stream& stream,
                                               std::vector<Level> levels) const {
  while (levels.size() < levels_.size()) levels.push_back(descend(levels, nullptr, 1, rows, stream));
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
