// An architecture with one of everything, small enough to be checked number by number.
#pragma once

#include "nn/distributions/density.h"
#include "vae/networks.h"

inline vae::Architecture small_vae(vae::LikelihoodKind kind) {
  vae::Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2}, a.likelihood = kind;
  return a;
}

// As the normal that it is; std::bad_cast otherwise.
inline const nn::Normal& normal_of(const nn::Density& p) { return dynamic_cast<const nn::Normal&>(*p); }
