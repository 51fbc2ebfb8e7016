// The plain VAE: an encoder, a decoder, and N(0, I). Next: elbo.cpp, the bound that it is trained by;
// autoregressive.cpp, more levels.
#include "vae/vae.h"

#include <stdexcept>

namespace vae {

namespace {

std::size_t only_level(const Architecture& a) {
  if (a.latent.size() != 1)
    throw std::invalid_argument("[vae] has exactly one level; for more, there is the autoregressive prior");
  return a.latent.front();
}

}  // namespace

VAE::VAE(const Architecture& a, const Stream& stream)
    : latent_(only_level(a)),
      encoder_(network(a, a.pixels, 2 * latent_, stream.at_epoch(0))),
      decoder_(a, latent_, stream.at_epoch(1)) {}

// p(z) = N(0, I)   [rows,Z]
Normal VAE::prior(std::size_t rows) const { return Normal::standard({rows, latent_}); }

// q(z|x) = N(μ(x), σ²(x))   x: [B,D]  ->  [B,Z]
Normal VAE::encode(Var x) const { return normal_from(encoder_(x)); }

// p(x|z)   z: [rows,Z]  ->  [rows,D]
Likelihood VAE::decode(Var z) const { return decoder_(z); }

std::vector<Level> VAE::infer(Var x, std::size_t samples, const Stream& stream) const {
  const Normal q_per_datum = encode(x);                                                   // [B,Z]
  const Normal q(repeat(q_per_datum.mu, samples), repeat(q_per_datum.log_var, samples));  // q(z|x)   [S·B,Z]
  const Normal p = prior(samples * x.rows());                                             // p(z)     [S·B,Z]
  return {{q, p, q.rsample(stream.for_batch(x.rows()).at_level(0))}};                     // z = μ + σε
}

std::vector<Level> VAE::generate(std::size_t rows, const Stream& stream, std::vector<Level> above) const {
  if (!above.empty()) return above;
  const Normal p = prior(rows);
  return {{p, p, p.rsample(stream.at_level(0))}};
}

void VAE::visit(const nn::Visitor& visitor) {
  encoder_.visit("encoder", visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
