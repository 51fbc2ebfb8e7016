// The plain VAE: an encoder, a decoder, and p(z). Next: elbo.cpp, the bound that it is trained by;
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
    : posterior_(make_posterior(a, 0, only_level(a), stream)),
      encoder_(network(a, a.pixels + a.condition, posterior_->numbers(), stream.at_epoch(0))),
      decoder_(a, only_level(a) + a.condition, stream.at_epoch(1)) {
  prior_ = make_prior(a, stream.at_epoch(epoch_of_prior));
}

// q(z|x) = N(μ(x), σ²(x))   x: [B,D]  ->  [B,Z]
Density VAE::encode(Var x) const { return (*posterior_)(encoder_(x)); }

// Of x, and c where the model is conditional   [B,D]  [B,C]  ->  [B,N]
Features VAE::features(Var x, Var c) const { return {encoder_(side_by_side(x, {}, c))}; }

// The same for S samples of z   [B,N]  ->  [S·B,Z]
Density VAE::posterior(const State& s, const Features& x) const {
  return (*posterior_)(repeat_to(x.front(), s.rows));
}

// p(x|z)   z: [rows,Z]  ->  [rows,D]
Density VAE::decode(Var z) const { return decoder_(z); }
Density VAE::decode(const State& s) const { return decoder_(side_by_side({}, s.z, s.c)); }

}  // namespace vae
