// The fully connected layer, and how its weights begin.
#pragma once

#include "autograd/random.h"
#include "nn/parameters.h"

namespace nn {

// Weights [out, in] such that signals keep their variance from layer to layer.
Array glorot_uniform(std::size_t in, std::size_t out, const Stream& stream);  // U(±√(6/(in+out))), Glorot & Bengio 2010, eq. 16
Array lecun_uniform(std::size_t in, std::size_t out,
                    const Stream& stream);  // U(±√(3/in)), variance 1/in, LeCun et al. 1998, eq. 16
Array he_normal(std::size_t in, std::size_t out, const Stream& stream);  // N(0, 2/in), He et al. 2015, eq. 10

// y = xWᵀ + b.  x: [B,D]  weight: [H,D]  bias: [H]  ->  [B,H].   std::invalid_argument if x is not [B,D], or W not [H,D].
struct Linear {
  explicit Linear(Array weight);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
};

}  // namespace nn
