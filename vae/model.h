// What a latent-variable model offers to the bounds, the estimators and the trainer:
//
//     p(x, z) = p(x|z) Π_t p(z_t|z_<t)          q(z|x) = Π_t q(z_t|z_<t, x)          t = 0 … L−1
//
// A model with one level has p(z₀) = N(0, I). Letters: B data, S samples of z for each, D pixels, Z_t latents
// of level t. Samples fold into the batch: row r of [S·B,…] belongs to datum r mod B.
//
// Read next: vae.h (one level), autoregressive.h (any number), elbo.h (the bound).
#pragma once

#include <vector>

#include "nn/distributions/normal.h"
#include "nn/parameters.h"
#include "vae/likelihood.h"

namespace vae {

using namespace autograd;
using nn::Normal;

// What inference or generation makes of one level: all [rows, Z_t].
struct Level {
  Normal q;  // q(z_t | z_<t, x); in generation p again
  Normal p;  // p(z_t | z_<t)
  Var z;     // drawn from q
};

class Model {
 public:
  virtual ~Model() = default;

  // z_t ~ q(z_t | z_<t, x) for every level.  x: [B,D]  ->  [S·B, Z_t] each. The noise of level t comes from
  // stream.at_level(t), for the B data that the stream names, or 0 … B−1.
  virtual std::vector<Level> infer(Var x, std::size_t samples, const Stream& stream) const = 0;

  // z_t ~ p(z_t | z_<t) for every level below those `above`, which are kept.  ->  [rows, Z_t] each
  virtual std::vector<Level> generate(std::size_t rows, const Stream& stream,
                                      std::vector<Level> above = {}) const = 0;

  // p(x|z).  z_t: [rows, Z_t]  ->  events of [rows, D]
  virtual Likelihood decode(const std::vector<Level>& levels) const = 0;

  // Lets the decoder begin at the mean of these data, [N,D].
  virtual void start_at(const Array& x) = 0;

  virtual void visit(const nn::Visitor& visitor) = 0;
  nn::NamedParameters parameters();
};

// The networks' sizes, common to all models.
struct Architecture {
  std::size_t pixels = 784;                 // D
  std::vector<std::size_t> hidden = {500};  // H, one or more layers; none: linear
  std::vector<std::size_t> latent = {20};   // Z_t by level
  const nn::Activation* activation = &nn::activations().front();
  LikelihoodKind likelihood = LikelihoodKind::bernoulli;
};

// [H…] between an input and an output.
std::vector<std::size_t> layer_sizes(std::size_t in, const std::vector<std::size_t>& hidden, std::size_t out);

// N(μ, σ²) from a network's output. h: [B,2Z], first μ, then log σ², bounded; std::invalid_argument for
// another shape.
Normal normal_from(Var h);

// Each datum S times.  x: [B,…]  ->  [S·B,…]; std::invalid_argument for a scalar.
Var repeat(Var x, std::size_t samples);

}  // namespace vae
