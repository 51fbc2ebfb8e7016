// What a latent-variable model offers to the bounds, the estimators and the trainer:
//
//     p(x, z) = p(x|z) Π_t p(z_t|z_<t)          q(z|x) = Π_t q(z_t|z_<t, x)          t = 0 … L−1
//
// A model with one level has p(z₀) = N(0, I). Letters: B data, S samples of z for each, D pixels, Z_t latents
// of level t. Samples fold into the batch: row r of [S·B,…] belongs to datum r mod B.
//
// Read next: vae.h (one level), autoregressive.h (any number), elbo.h (the bound).
#pragma once

#include "nn/parameters.h"
#include "vae/likelihood.h"

namespace vae {

// The distributions of one level and the z_t drawn from them, all [rows, Z_t].
struct Level {
  Normal q;  // q(z_t | z_<t, x); in generation the same as p
  Normal p;  // p(z_t | z_<t)
  Var z;     // drawn from q
};

class Model {
 public:
  virtual ~Model() = default;

  // z_t ~ q(z_t | z_<t, x) for every level.  x: [B,D]  ->  [S·B, Z_t] each. The noise of level t is that of
  // stream.at_level(t), for the B data that the stream names, or for data 0 … B−1.
  virtual std::vector<Level> infer(Var x, std::size_t samples, const Stream& stream) const = 0;

  // z_t ~ p(z_t | z_<t) for every t ≥ above.size(); the levels in `above` are given.  ->  [rows, Z_t] each
  virtual std::vector<Level> generate(std::size_t rows, const Stream& stream,
                                      std::vector<Level> above = {}) const = 0;

  // p(x|z).  z_t: [rows, Z_t]  ->  images [rows, D]
  virtual Likelihood decode(const std::vector<Level>& levels) const = 0;

  // Starts the decoder at the mean of these data, [N,D] (Decoder::start_at).
  virtual void start_at(const Array& x) = 0;

  virtual void visit(const nn::Visitor& visitor) = 0;

  nn::NamedParameters parameters() {
    nn::NamedParameters all;
    visit([&](const std::string& name, Parameter& parameter) { all.emplace_back(name, &parameter); });
    return all;
  }
};

}  // namespace vae
