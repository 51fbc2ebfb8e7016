// A model around another: the same but for what it overrides, such as what conditions it (conditional.h),
// what its posteriors see of x (denoising.h), or its posteriors (inference/local.h). Bounds, gradients,
// evidence and inference take it as any other.
#pragma once

#include "vae/model.h"

namespace vae {

class AroundModel : public Model {
 public:
  std::size_t levels() const override { return model_.levels(); }
  std::optional<Array> first_values() const override { return model_.first_values(); }
  Var condition(std::size_t rows) const override { return model_.condition(rows); }
  Features features(Var x, Var c) const override { return model_.features(x, c); }
  bool features_see_condition() const override { return model_.features_see_condition(); }
  Var start(const State& s) const override { return model_.start(s); }
  Var update(const State& s, Var z_t) const override { return model_.update(s, z_t); }
  Density prior(const State& s) const override { return model_.prior(s); }
  Density posterior(const State& s, const Features& x) const override { return model_.posterior(s, x); }
  Density decode(const State& s) const override { return model_.decode(s); }
  void start_at(const Array& x) override { model_.start_at(x); }
  void maximize_sigma(double log_px) override { model_.maximize_sigma(log_px); }
  void visit_posterior(const nn::Visitor& visitor) override { model_.visit_posterior(visitor); }
  void visit_generator(const nn::Visitor& visitor) override { model_.visit_generator(visitor); }

 protected:
  explicit AroundModel(Model& model) : model_(model) {}  // which must outlive this object

  Model& model_;
};

}  // namespace vae
