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

}  // namespace

// The streams of the networks: posterior of level 0, decoder, then posterior and prior of each further level; so one level begins with
// the weights of the plain VAE.
AutoregressiveVAE::AutoregressiveVAE(const Architecture& a, const Stream& stream)
    : decoder_(layer_sizes(total(a.latent, a.latent.size()), a.hidden, a.pixels), *a.activation, a.likelihood, stream.at_epoch(1)) {
  if (a.latent.empty()) throw std::invalid_argument("[autoregressive] at least one level is needed");
  for (std::size_t t = 0; t < a.latent.size(); ++t) {
    const std::size_t above = total(a.latent, t), out = 2 * a.latent[t];
    const auto network = [&](std::size_t in, std::size_t which) {
      return nn::MLP(layer_sizes(in, a.hidden, out), *a.activation, stream.at_epoch(std::uint32_t(which)));
    };
    Networks level = {network(a.pixels + above, 2 * t), {}, a.latent[t]};
    if (t > 0) level.prior.push_back(network(above, 2 * t + 1));
    levels_.push_back(std::move(level));
  }
}

// One level of the way down, for inference (x given) and generation alike: p(z_t|z_<t), q(z_t|z_<t, x), and z_t from the latter if
// there is an x, from the former if not.
Level AutoregressiveVAE::descend(std::size_t t, const std::vector<Level>& above, const Var* x, std::size_t samples, std::size_t rows,
                                 const Stream& stream) const {
  const Networks& level = levels_[t];
  const std::vector<Var> z_above = latents(above);

  // p(z₀) = N(0, I),  p(z_t | z_<t) = N(μ, σ²)(z_<t)
  const Normal p = t == 0 ? Normal::standard({rows, level.latent}) : normal_from(level.prior.front()(concat(z_above, 1)));
  if (!x) return {p, p, p.rsample(stream.at_level(std::uint32_t(t)))};

  // q(z₀ | x), the same for all samples;  q(z_t | z_<t, x)
  const auto posterior = [&] {
    if (t == 0) return repeat(level.posterior(*x), samples);
    std::vector<Var> given = {repeat(*x, samples)};
    given.insert(given.end(), z_above.begin(), z_above.end());
    return level.posterior(concat(given, 1));
  };
  const Normal q = normal_from(posterior());
  return {q, p, q.rsample(stream.at_level(std::uint32_t(t)))};
}

std::vector<Level> AutoregressiveVAE::infer(Var x, std::size_t samples, const Stream& stream) const {
  std::vector<Level> levels;
  for (std::size_t t = 0; t < levels_.size(); ++t) levels.push_back(descend(t, levels, &x, samples, samples * x.rows(), stream));
  return levels;
}

std::vector<Level> AutoregressiveVAE::generate(std::size_t rows, const Stream& stream) const {
  std::vector<Level> levels;
  for (std::size_t t = 0; t < levels_.size(); ++t) levels.push_back(descend(t, levels, nullptr, 1, rows, stream));
  return levels;
}

// p(x|z) of all levels together
Likelihood AutoregressiveVAE::decode(const std::vector<Level>& levels) const { return decoder_(concat(latents(levels), 1)); }

void AutoregressiveVAE::visit(const nn::Visitor& visitor) {
  for (std::size_t t = 0; t < levels_.size(); ++t) levels_[t].posterior.visit("posterior." + std::to_string(t), visitor);
  for (std::size_t t = 1; t < levels_.size(); ++t) levels_[t].prior.front().visit("prior." + std::to_string(t), visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
