// Any model of one level with p(z) = N(0, I) in one or two dimensions, also with a nonlinear decoder, as an
// exact model: the integrals over z are sums over Gauss–Hermite nodes z_k with weights w_k,
//
//     log p(x) = log Σ_k w_k p(x|z_k)          E[f(z)|x] = Σ_k w_k p(x|z_k) f(z_k) / p(x)
//
// How exact they are depends on how smooth p(x|z) is: they converge quickly in the number of nodes once the
// nodes are denser than the posterior is wide, so compare two numbers of nodes. The nodes: gauss_hermite.h.
#pragma once

#include "vae/exact/exact_model.h"

namespace vae {

// p(z|x) of each datum. Its density is log p(x, z) − log p(x) at any z; its moments are sums over the nodes.
struct QuadraturePosterior : nn::Distribution {
  // x: [B,D], S samples of each; nodes: [K,Z]; log_terms: log w_k p(x|z_k)   [K,B]
  QuadraturePosterior(const Model& model, Var x, std::size_t samples, Var nodes, Var log_terms);

  const char* name() const override { return "posterior by quadrature"; }
  Shape shape() const override;  // [S·B,Z]
  Var log_prob(Var z) const override;
  // By the inverse of the cumulative distribution on a grid of 4000 intervals of [−9, 9], each with one
  // density, for Z = 1; std::logic_error for Z = 2.
  Array sample(const Stream& stream) const override;
  Var mean() const override;
  Var variance() const override;
  Var covariance() const;  // [S·B,Z,Z]

 private:
  const Model* model_;
  Var x_;  // [B,D]
  std::size_t samples_;
  Var nodes_, log_terms_;
};

class ByQuadrature : public ExactModel {
 public:
  // The model must outlive this object. `nodes` are those of each dimension, at most 256.
  // std::invalid_argument unless the model has one level, with p(z) = N(0, I) and Z ≤ 2.
  explicit ByQuadrature(Model& model, std::size_t nodes = 64);
  ByQuadrature(Model&& model, std::size_t nodes = 64) = delete;

  std::size_t levels() const override { return 1; }
  Var condition(std::size_t rows) const override { return model_.condition(rows); }
  Var start(const State& s) const override { return model_.start(s); }
  Var update(const State& s, Var z_t) const override { return model_.update(s, z_t); }
  Features features(Var x, Var c) const override { return model_.features(x, c); }
  Density prior(const State& s) const override { return model_.prior(s); }
  Density posterior(const State& s, const Features& x) const override { return model_.posterior(s, x); }
  Density decode(const State& s) const override { return model_.decode(s); }
  void visit_posterior(const nn::Visitor& visitor) override { model_.visit_posterior(visitor); }
  void visit_generator(const nn::Visitor& visitor) override { model_.visit_generator(visitor); }

  Var log_px(Var x) const override;
  Density true_posterior(const State& s, Var x) const override;

 private:
  Var log_terms(Var x) const;  // log w_k p(x|z_k)   [K,B]

  Model& model_;
  Array nodes_, log_weights_;  // z_k [K,Z] and log w_k [K,1], K = nodesᶻ
};

}  // namespace vae
