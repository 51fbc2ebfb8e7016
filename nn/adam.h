// Adam (Kingma & Ba 2014, arXiv 1412.6980, algorithm 1).
#pragma once

#include "nn/optimizer.h"

namespace nn {

// m ← β₁m + (1 − β₁)g          m̂ = m / (1 − β₁ᵗ)
// v ← β₂v + (1 − β₂)g²         v̂ = v / (1 − β₂ᵗ)
// θ ← θ − α m̂ / (√v̂ + ε)
class Adam : public Optimizer {
 public:
  explicit Adam(NamedParameters parameters, double alpha = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8);

  void step(const Gradients& g) override;
  void visit_state(const StateVisitor& visitor) override;

 private:
  NamedParameters parameters_;
  double alpha_, beta1_, beta2_, epsilon_;
  std::vector<Array> m_, v_;  // by parameter
};

}  // namespace nn
