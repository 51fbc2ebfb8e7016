// The families of q(z_t|z_<t, x), each a density whose parameters a network says. That of the VAE's paper is
// diagonal; a family that comes nearer to p(z|x) makes the bound higher.
//
//     diagonal   N(μ, diag σ²)
//     full       N(μ, LLᵀ)
//     mixture    Σ_k w_k N(μ_k, diag σ²_k)
//     point      N(μ, 10⁻⁶ I), as good as a point: with β = 0, an autoencoder
//     flow       f(μ + σε), by an inverse autoregressive flow   (Kingma et al. 2016, arXiv 1606.04934)
//
// Normals have a KL in closed form to a normal prior; for the others it is sampled (KLForm::mixed).
// Draws of all have a gradient. A family of your own is one struct and one line of the table in
// posterior.cpp.
#pragma once

#include <memory>

#include "vae/networks.h"

namespace vae {

// The number of a posterior's networks in a model's stream, of level t: this and 1000 t.
constexpr std::uint32_t epoch_of_posterior = 400000;

class Posterior {
 public:
  virtual ~Posterior() = default;

  virtual std::size_t numbers() const = 0;  // N, that the network has to give
  // q, which refers to this. std::invalid_argument for another N.  h: [rows,N]  ->  [rows,Z]
  virtual Density operator()(Var h) const = 0;
  virtual void visit(const std::string&, const nn::Visitor&) {}  // PREFIX.…
};

struct PosteriorKind {
  const char* name;  // on the command line and in config.json
  const char* help;  // in a few words
  std::size_t size;  // K where Architecture::posterior_size is 0: components or steps; 0: it has none
  bool closed_form;  // whether the KL to a normal prior has one
  bool has_network;  // of Architecture::posterior_hidden units
  bool smooth;       // whether a draw at given noise moves smoothly with h, and no component is chosen
  std::unique_ptr<Posterior> (*make)(const Architecture& a, std::size_t Z, std::size_t K,
                                     const Stream& stream);
};

const std::vector<PosteriorKind>& posteriors();

// std::invalid_argument lists the names.
const PosteriorKind& posterior_named(const std::string& name);

// The family of an architecture, for level t of Z latents.
std::unique_ptr<Posterior> make_posterior(const Architecture& architecture, std::size_t t, std::size_t Z,
                                          const Stream& stream);

}  // namespace vae
