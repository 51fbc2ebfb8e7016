// Bijections of each element by itself; their Jacobians are diagonal.
#pragma once

#include "nn/flows/bijection.h"

namespace nn {

// y = μ + e^s ∘ z,   log |det| = Σ s.   z: [B,D]  shift, log_scale: [D]  ->  [B,D]
// Begins as the identity. std::domain_error if a log_scale is beyond ±170 (in double ±1400).
struct AffineFlow {
  explicit AffineFlow(std::size_t size);

  ValueAndLogDet forward(Var z) const;
  ValueAndLogDet inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter shift, log_scale;
};

// y = σ(z), onto (0, 1),   log |det| = Σ [ log σ(z) + log σ(−z) ].   z: [B,…]  ->  [B,…]
struct SigmoidFlow {
  ValueAndLogDet forward(Var z) const;
  ValueAndLogDet inverse(Var y) const;  // z = log y − log(1 − y); log |det| is −∞ for y outside (0, 1)
  void visit(const std::string& name, const Visitor& visitor);  // it has no parameters
};

}  // namespace nn
