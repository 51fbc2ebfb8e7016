// The variational autoencoder.
//
//     p(x, z) = p(x|z) p(z)          q(z|x) = N(z; μ(x), σ²(x))
//
// p(z) is N(0, I), or another of prior.h; q(z|x) may be another of posterior.h.
//
// Kingma & Welling 2013 (arXiv 1312.6114), section 3 and appendix C; Doersch 2016 (arXiv 1606.05908),
// section 2. Its bound is in elbo.h; how it is trained, in ../tools/run/train.cpp.
#pragma once

#include "vae/likelihood.h"
#include "vae/model.h"
#include "vae/posterior.h"
#include "vae/prior.h"

namespace vae {

class VAE : public Model {
 public:
  // std::invalid_argument unless there is exactly one latent size.
  VAE(const Architecture& architecture, const Stream& stream);

  Density encode(Var x) const;  // q(z|x), if nothing conditions it.  x: [B,D]  ->  [B,Z]
  Density decode(Var z) const;  // p(x|z), if nothing conditions it.  z: [rows,Z]  ->  [rows,D]

  std::size_t levels() const override { return 1; }
  Density prior(const State& s) const override { return (*prior_)(s, *this); }  // p(z)  ->  [rows,Z]
  Features features(Var x, Var c) const override;                               // of q   [B,N]
  bool features_see_condition() const override { return true; }
  Density posterior(const State& s, const Features& x) const override;
  Density decode(const State& s) const override;
  void start_at(const Array& x) override { decoder_.start_at(x), prior_->start_at(x); }
  void maximize_sigma(double log_px) override { decoder_.maximize_sigma(log_px); }
  void visit_posterior(const nn::Visitor& visitor) override {
    encoder_.visit("encoder", visitor), posterior_->visit("encoder.flow", visitor);
  }
  void visit_generator(const nn::Visitor& visitor) override {
    prior_->visit("prior.0", visitor), decoder_.visit("decoder", visitor);
  }

 private:
  std::unique_ptr<Prior> prior_;
  std::unique_ptr<Posterior> posterior_;
  nn::MLP encoder_;  // x, c -> the N numbers of q   [B,D+C]  ->  [B,N]
  Decoder decoder_;
};

}  // namespace vae
