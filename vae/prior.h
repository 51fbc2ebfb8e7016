// The families of p(z₀), the one factor of the prior with nothing above it. That of the VAE's paper is N(0,
// I); a prior that comes nearer to the average posterior 1/N Σ_n q(z₀|x_n) makes the bound higher (Tomczak &
// Welling 2018, arXiv 1705.07120, eq. 5; Chen et al. 2017, arXiv 1611.02731, section 3.2).
//
//     standard   N(0, I)
//     normal     N(μ, σ²), or where the model is conditional N(μ(c), σ²(c))   (Sohn et al. 2015)
//     mixture    Σ_k w_k N(μ_k, σ²_k)
//     vamp       1/K Σ_k q(z₀|u_k), of images u_k that are learned   (Tomczak & Welling 2018, eq. 9)
//     flow       f⁻¹(ε), ε ~ N(0, I), by a masked autoregressive flow (Papamakarios et al. 2017)
//     made       Π_i p(z_i|z_<i), mixtures of normals from a MADE
//     gru        Π_i p(z_i|z_<i), mixtures of normals from a recurrent network
//
// The first two have a KL in closed form from a normal q; for the others it is sampled (KLForm::mixed). All
// but `normal` are the same for every c (conditional.h). A family of your own is one struct and one line of
// the table in prior.cpp.
#pragma once

#include <memory>

#include "vae/model.h"
#include "vae/networks.h"

namespace vae {

// The number of a prior's networks in a model's stream: beyond those of all its other layers.
constexpr std::uint32_t epoch_of_prior = 100000;

class Prior {
 public:
  virtual ~Prior() = default;

  // p(z₀), or p(z₀|c), which this must outlive. `model` is the one that it is the prior of, for q(z₀|u).
  // s: before z₀  ->  [rows, Z₀]
  virtual Density operator()(const State& s, const Model& model) const = 0;
  virtual void visit(const std::string& prefix, const nn::Visitor& visitor) = 0;  // PREFIX.…
  virtual void start_at(const Array&) {}  // these data, [N,D] (Model::start_at)
};

struct PriorKind {
  const char* name;   // on the command line and in config.json
  const char* help;   // in a few words
  std::size_t size;   // K where Architecture::prior_size is 0: components, images, or steps; 0: it has none
  bool has_network;   // of Architecture::prior_hidden units
  bool closed_form;   // whether the KL from a normal q has one
  bool of_posterior;  // whether it is made of q, so that no parameter of q may be held constant in it
  std::unique_ptr<Prior> (*make)(const Architecture& a, std::size_t K, const Stream& stream);
};

const std::vector<PriorKind>& priors();

// std::invalid_argument lists the names.
const PriorKind& prior_named(const std::string& name);

// The prior of an architecture, for its first latent size.
std::unique_ptr<Prior> make_prior(const Architecture& architecture, const Stream& stream);

}  // namespace vae
