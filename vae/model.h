// A latent-variable model, as its factors:
//
//     p(x, z) = p(x|z) Π_t p(z_t|z_<t)          q(z|x) = Π_t q(z_t|z_<t, x)          t = 0 … L−1
//
// The parameters of p are θ, those of q are φ. Every factor is a density of any family (nn/distributions/,
// nn/flows/, or your own). Letters: B data, S samples of z for each, D pixels, Z_t latents of level t.
// Samples fold into the batch: row r of [S·B,…] belongs to datum r mod B.
//
// Read next: vae.h (one level), autoregressive.h (any number), top_down.h (by convolutions), conditional.h
// (all of it given c), classes.h (a class beside z), missing.h (of some pixels of x), descent.h (how z is
// chosen), elbo.h (the bound).
#pragma once

#include <optional>

#include "nn/distributions/density.h"
#include "nn/parameters.h"

namespace vae {

using namespace autograd;
using nn::Density;

using Latents = std::vector<Var>;   // z₀, z₁, …   [rows, Z_t] each
using Features = std::vector<Var>;  // what posteriors see of x   [B,…] each

// Where the way down has come to: what the factors of level t see of the levels above it.
struct State {
  std::size_t rows;
  Latents z;  // z_<t   [rows, Z_s] each
  Var h;      // the running state, of a model that keeps one   [rows,…]
  Var c;      // what conditions every factor, where something does (conditional.h)   [rows,C]

  std::size_t t() const { return z.size(); }
};

class Model {
 public:
  virtual ~Model() = default;

  virtual std::size_t levels() const = 0;  // L

  virtual Density prior(const State& s) const = 0;                         // p(z_t|z_<t)     ->  [rows, Z_t]
  virtual Density posterior(const State& s, const Features& x) const = 0;  // q(z_t|z_<t, x)  ->  [rows, Z_t]
  virtual Density decode(const State& s) const = 0;                        // p(x|z)          ->  [rows, D]

  // What all posteriors share: a network from x and c, or x itself.  x: [B,D]  c: [B,C], or none
  virtual Features features(Var x, Var) const { return {x}; }
  virtual bool features_see_condition() const { return false; }  // whether they are of c too

  // The running state, if there is one: before z₀, and after z_t.  s: of z_<t  z_t: [rows, Z_t]  ->  [rows,…]
  virtual Var start(const State&) const { return {}; }
  virtual Var update(const State&, Var) const { return {}; }

  // c of each row, where it is known (conditional.h)   ->  [rows,C]
  virtual Var condition(std::size_t) const { return {}; }

  // The values that z₀ can have, where they are few: the bound then sums over them (elbo.h)   [K,Z₀]
  virtual std::optional<Array> first_values() const { return std::nullopt; }

  // Starts the decoder at the mean of these data, [N,D] (Decoder::start_at).
  virtual void start_at(const Array&) {}

  // Sets σ² of a Gaussian output, where it is to be the best, to what maximises E_q log p(x|z), of which this
  // is the mean at the σ² before it, in nats per datum (Output::maximize_sigma).
  virtual void maximize_sigma(double) {}

  virtual void visit_posterior(const nn::Visitor& visitor) = 0;  // φ
  virtual void visit_generator(const nn::Visitor& visitor) = 0;  // θ
  void visit(const nn::Visitor& visitor) { visit_posterior(visitor), visit_generator(visitor); }

  nn::NamedParameters parameters();  // φ, then θ
};

// φ, and φ with θ, to be held constant (autograd/hold_constant.h).
std::vector<const Parameter*> posterior_parameters(Model& model);
std::vector<const Parameter*> all_parameters(Model& model);

}  // namespace vae
