// The plain VAE: an encoder, a decoder, and N(0, I). Next: elbo.cpp, what is done with it;
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
    : encoder_(layer_sizes(a.pixels, a.hidden, 2 * only_level(a)), *a.activation, stream.at_epoch(0)),
      decoder_(layer_sizes(only_level(a), a.hidden, a.pixels), *a.activation, a.likelihood,
               stream.at_epoch(1)),
      latent_(only_level(a)) {}

// q(z|x) = N(μ(x), σ²(x))
Normal VAE::encode(Var x) const { return normal_from(encoder_(x)); }

// p(x|z)
Likelihood VAE::decode(Var z) const { return decoder_(z); }

std::vector<Level> VAE::infer(Var x, std::size_t samples, const Stream& stream) const {
  const Normal once = encode(x);
  const Normal q(repeat(once.mu, samples), repeat(once.log_var, samples));  // q(z|x)
  const Normal p = Normal::standard(q.mu.shape());                          // p(z) = N(0, I)
  return {{q, p, q.rsample(stream.for_batch(x.rows()).at_level(0))}};       // z = μ + σε
}

std::vector<Level> VAE::generate(std::size_t rows, const Stream& stream, std::vector<Level> above) const {
  if (!above.empty()) return above;
  const Normal p = Normal::standard({rows, latent_});
  return {{p, p, p.rsample(stream.at_level(0))}};
}

void VAE::visit(const nn::Visitor& visitor) {
  encoder_.visit("encoder", visitor);
  decoder_.visit("decoder", visitor);
}

}  // namespace vae
