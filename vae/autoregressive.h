// The variational autoencoder with an autoregressive prior, whose posterior factorises the same way, and
// whose decoder sees all levels:
//
//     p(x, z) = p(x|z) p(z₀) Π_t p(z_t|z_<t)          q(z|x) = q(z₀|x) Π_t q(z_t|z_<t, x)          t ≥ 1
//
// Child 2020 (arXiv 2011.10650), section 2.2, here fully connected: each conditional is a diagonal Gaussian
// whose μ and log σ² are an MLP's output; p(z₀) is N(0, I), or another of prior.h, and the posteriors may be
// others of posterior.h. With one level it is the plain VAE of vae.h.
#pragma once

#include <optional>

#include "vae/likelihood.h"
#include "vae/model.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace vae {

class AutoregressiveVAE : public Model {
 public:
  // std::invalid_argument unless there are 1 to 200 levels.
  AutoregressiveVAE(const Architecture& architecture, const Stream& stream);

  std::size_t levels() const override { return levels_.size(); }
  Features features(Var x, Var c) const override;  // x, c in a row
  bool features_see_condition() const override { return true; }
  Density prior(const State& s) const override;
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override { decoder_.start_at(x), prior_->start_at(x); }
  void maximize_sigma(double log_px) override { decoder_.maximize_sigma(log_px); }
  void visit_posterior(const nn::Visitor& visitor) override;  // posterior.T.…
  void visit_generator(const nn::Visitor& visitor) override;  // prior.T.…, decoder.…

 private:
  // The networks of level t; Z_<t is the sum of the latent sizes above it. With x and z_<t they see c, if
  // there is one.
  struct LevelNetworks {
    std::size_t latent;            // Z_t
    std::unique_ptr<Posterior> q;  // of q(z_t|z_<t, x)
    nn::MLP posterior;             // x, z_<t -> its numbers   [rows, D + Z_<t]  ->  [rows, N_t]
    std::optional<nn::MLP> prior;  // z_<t -> μ, log σ²      [rows, Z_<t]  ->  [rows, 2Z_t]; none for t = 0
  };

  std::unique_ptr<Prior> prior_;  // p(z₀)
  std::vector<LevelNetworks> levels_;
  Decoder decoder_;
};

}  // namespace vae
