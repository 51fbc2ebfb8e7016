// The fully connected layer. How its weight may begin: initialization.h. Many of them: mlp.h.
#pragma once

#include "nn/parameters.h"

namespace nn {

// y = xWᵀ + b.  x: [B,D]  weight: [H,D]  bias: [H]  ->  [B,H].   std::invalid_argument if x is not [B,D], or
// W not [H,D].
struct Linear {
  explicit Linear(Array weight);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
};

}  // namespace nn
