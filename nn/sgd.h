// Stochastic gradient descent (Robbins & Monro 1951).
#pragma once

#include "nn/optimizer.h"

namespace nn {

// θ ← θ − α g
class SGD : public Optimizer {
 public:
  SGD(NamedParameters parameters, double rate) : parameters_(std::move(parameters)), rate_(rate) {}

  void step(const Gradients& g) override;
  void visit_state(const StateVisitor&) override {}

 private:
  NamedParameters parameters_;
  double rate_;
};

}  // namespace nn
