// A VAE on eight bars in images of 4 × 4: trains it, saves it, and fails unless its bound rises.
#include <cstdio>

#include "autograd/ops.h"
#include "autograd/version.h"
#include "nn/optimizers/adam.h"
#ifndef REAL  // in double, nothing is saved
#include "tools/files/parameters.h"
#endif
#include "vae/elbo.h"
#include "vae/vae.h"

using namespace autograd;

int main() {
  // Four rows and four columns, as images of zeros and ones.  [8,16]
  Array bars = zeros({8, 16});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) bars(i, 4 * i + j) = bars(4 + i, i + 4 * j) = 1;

  vae::Architecture architecture;
  architecture.pixels = 16, architecture.hidden = {20}, architecture.latent = {2};
  vae::VAE model(architecture, Stream{});
  nn::Adam adam(model.parameters(), 0.01);
  Real first = 0, last = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    Step step;
    const Stream noise = Stream().at(Purpose::posterior).at_epoch(i);
    const Var bound = mean(vae::elbo(model, constant(bars), 1, vae::KLForm::analytic, noise).elbo);
    adam.step(backward(-bound));
    last = bound.item();
    if (i == 0) first = last;
  }
  std::printf("elbo %s with %zu-byte numbers: a bound of %.2f, then %.2f nats\n", ELBO_VERSION, sizeof(Real),
              double(first), double(last));
#ifndef REAL
  tools::save_parameters("toy.safetensors", model.parameters());
  tools::load_parameters("toy.safetensors", model.parameters());
#endif
  return last > first + 3 ? 0 : 1;
}
