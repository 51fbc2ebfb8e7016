// A mixture of K densities of any families, with weights softmax(l). Each datum comes as a whole from one of
// them.
//
//     log p(x) = log Σ_k softmax(l)_k p_k(x)
//
// No gradient leads through the choice of a component. A mixture of diagonal normals has an rsample all the
// same, by implicit reparameterization of one element after the other, x_d = F⁻¹(u_d | x_<d) (Figurnov et al.
// 2018, arXiv 1805.08498, section 3.2), which takes D steps. There is no closed form of the entropy. In
// discretized_logistic_mixture.h each pixel chooses its own component.
#pragma once

#include <vector>

#include "nn/distributions/density.h"

namespace nn {

struct Mixture : Distribution {
  // logits [B,K], and K components over events of one shape [B,…]. Either all components are discrete or none
  // is, because probabilities and densities cannot be added. std::invalid_argument otherwise.
  // A logit of −∞ is a weight of 0; std::domain_error for ∞, where all are −∞, and for an infinite mean.
  Mixture(Var logits, std::vector<Density> components);

  const char* name() const override { return "mixture"; }
  Shape shape() const override { return components[0]->shape(); }
  bool is_discrete() const override { return components[0]->is_discrete(); }
  bool has_rsample() const override;                  // of normals [B,D]
  Array sample(const Stream& stream) const override;  // [B,…]
  Var rsample(const Stream& stream) const override;   // of normals   [B,D]
  Var log_prob(Var x) const override;                 // [B] nats
  Var cdf(Var x) const override;                      // of each element: Σ_k w_k F_k(x)   [B,…]
  Var mean() const override;                          // Σ_k w_k μ_k   [B,…]
  Var variance() const override;                      // Σ_k w_k (σ²_k + (μ_k − mean)²)   [B,…]

  Var logits;
  std::vector<Density> components;
};

}  // namespace nn
