// An architecture with one of everything, small enough to be checked number by number.
#pragma once

#include "vae/networks.h"

inline vae::Architecture small_vae(vae::LikelihoodKind kind) {
  vae::Architecture a;
  a.pixels = 6, a.hidden = {5}, a.latent = {2}, a.likelihood = kind;
  return a;
}
