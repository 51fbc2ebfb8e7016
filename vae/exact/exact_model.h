// A model whose log p(x) and posterior are known. It goes through the same interface as a trained model, so
// that every bound and estimator runs on it unchanged and can be compared with the truth.
//
// Read next: linear_gaussian.h (probabilistic PCA, factor analysis, and hierarchies of them), discrete.h,
// quadrature.h.
#pragma once

#include "vae/descent.h"

namespace vae {

class ExactModel : public Model {
 public:
  // log p(x), differentiable in θ.  x: [B,D]  ->  [B] nats
  virtual Var log_px(Var x) const = 0;

  // p(z_t|z_<t, x), which q(z_t|z_<t, x) is to be.  x: [B,D]  ->  [S·B, Z_t]
  virtual Density true_posterior(const State& s, Var x) const = 0;
};

// p(z_t|z_<t, x) at given z_<t.  x: [B,D]  z_s: [S·B, Z_s]  ->  [S·B, Z_t]
inline Density true_posterior(const ExactModel& model, const Latents& z, Var x, std::size_t samples) {
  return model.true_posterior(state_below(model, z, samples * x.rows()), x);
}

// The same model with the true posterior in the place of q. It has no φ: its posterior moves with θ. (For a q
// that is the posterior and has a φ of its own, see LinearGaussian::set_posterior_exact.) The model must
// outlive this object.
class AtPosterior : public ExactModel {
 public:
  explicit AtPosterior(ExactModel& model) : model_(model) {}
  AtPosterior(ExactModel&& model) = delete;

  std::size_t levels() const override { return model_.levels(); }
  Var condition(std::size_t rows) const override { return model_.condition(rows); }
  Var start(const State& s) const override { return model_.start(s); }
  Var update(const State& s, Var z_t) const override { return model_.update(s, z_t); }
  Density prior(const State& s) const override { return model_.prior(s); }
  Density posterior(const State& s, const Features& x) const override {
    return model_.true_posterior(s, x.front());
  }
  Density decode(const State& s) const override { return model_.decode(s); }
  Var log_px(Var x) const override { return model_.log_px(x); }
  Density true_posterior(const State& s, Var x) const override { return model_.true_posterior(s, x); }
  void visit_posterior(const nn::Visitor&) override {}
  void visit_generator(const nn::Visitor& visitor) override { model_.visit_generator(visitor); }

 private:
  ExactModel& model_;
};

}  // namespace vae
