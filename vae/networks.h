// What the models share: the sizes of their networks, and the steps between a network and a distribution.
// Letters: B data, S samples of z per datum, D pixels, H hidden units, Z latents.
#pragma once

#include "nn/distributions/density.h"
#include "nn/distributions/normal.h"
#include "nn/layers/mlp.h"

namespace vae {

using namespace autograd;
using nn::Density;
using nn::Normal;

enum class LikelihoodKind { bernoulli, gaussian, continuous_bernoulli, logistic_mixture, categorical };

// σ of a Gaussian output: one learned number, one for each pixel, the one that maximises the bound, or fixed.
enum class SigmaKind { learned, pixels, optimal, fixed };

enum class NetworkKind { dense, convolutional };  // perceptrons, or those of top_down.h

enum class DecoderKind { independent, pixelcnn };  // pixels given z, or also given those before (pixelcnn.h)

struct PriorKind;  // prior.h
const PriorKind& standard_prior();

struct PosteriorKind;  // posterior.h
const PosteriorKind& diagonal_posterior();

struct Architecture {
  std::size_t pixels = 784;                  // D
  std::size_t classes = 0;                   // K, of y beside z (classes.h)
  std::size_t condition = 0;                 // C, the numbers that condition the model; 0: none
  std::vector<std::size_t> hidden = {500};   // H of each hidden layer; none: linear networks
  std::vector<std::size_t> channels = {32};  // C, of convolutions in the place of H; or one for each side
  bool share_weights = false;                // of convolutions: one set of them for all levels of a side
  bool recompute_blocks = false;             // of convolutions: blocks keep nothing for the reverse pass
  std::vector<std::size_t> latent = {20};    // Z_t of each level; of convolutions, the channels of z_t
  const nn::Activation* activation = &nn::activations().front();
  LikelihoodKind likelihood = LikelihoodKind::bernoulli;
  SigmaKind sigma = SigmaKind::learned;  // of a Gaussian
  double fixed_sigma = 1;                // where it is fixed
  NetworkKind networks = NetworkKind::dense;
  DecoderKind decoder = DecoderKind::independent;
  std::size_t pixelcnn_layers = 2;                         // masked convolutions after the first (pixelcnn.h)
  std::size_t pixelcnn_channels = 16;                      // of all its layers
  const PriorKind* prior = &standard_prior();              // of p(z₀)
  std::size_t prior_size = 0;                              // K of prior.h; 0: the kind's own
  std::size_t prior_hidden = 100;                          // hidden units of a prior's network
  const PosteriorKind* posterior = &diagonal_posterior();  // of q(z_t|z_<t, x), of perceptrons
  std::size_t posterior_size = 0;                          // K of posterior.h; 0: the kind's own
  std::size_t posterior_hidden = 100;                      // hidden units of a posterior's network
};

// The side of images that are squares; std::invalid_argument naming `of` if they are none.
std::size_t side_of_squares(const char* of, std::size_t pixels);

// An MLP with the hidden layers of this architecture.  [rows,in]  ->  [rows,out]
nn::MLP network(const Architecture& architecture, std::size_t in, std::size_t out, const Stream& stream);

// N(μ, σ²) from a network's output (μ, log σ²), with log σ² bounded.  h: [rows,2Z]  ->  [rows,Z]
// std::invalid_argument for another shape.
Normal normal_from(Var h);

// log σ² within [−30, 20], so that no variance vanishes or overflows. Outside, the slope leads back inside
// (`clamp_leading_back`), so that a network that once went too far goes on learning.
Var bounded_log_var(Var log_var);

// Each datum S times: row r of the result is datum r mod B.  x: [B,…]  ->  [S·B,…]
// std::invalid_argument for a scalar.
Var repeat(Var x, std::size_t samples);
Var repeat_to(Var x, std::size_t rows);  // the same, by the rows of the result, S·B

// Each row `times` times, one after the other: row k·times + i is row k.  z: [K,Z]  ->  [K·times, Z]
// Beside it stands repeat(x, K), so that every z meets every x.
Var repeat_rows(Var z, std::size_t times);

// What a network sees: x, z₀, …, c in a row, of which x or c may be missing.  [rows,…] each  ->  [rows, Σ …]
Var side_by_side(Var x, const std::vector<Var>& z, Var c = {});

}  // namespace vae
