// Autoregressive networks: a perceptron some of whose weights are masked to zero, so that the outputs for
// input i depend on those inputs alone that precede i in an order, and one pass computes all conditionals of
// p(x) = Π_i p(x_i | x_<i).
//
// MADE: Germain et al. 2015 (arXiv 1502.03509), sections 3 and 4. Its use as a flow: autoregressive_flow.h.
#pragma once

#include "nn/layers/mlp.h"

namespace nn {

// y = x (W ∘ M)ᵀ + b.  x: [B,D]  weight, mask: [H,D]  bias: [H]  ->  [B,H]
// std::invalid_argument if x is not [B,D], or if W and M are not both [H,D].
struct MaskedLinear {
  MaskedLinear(Array weight, Array mask);  // the bias begins at zero

  Var operator()(Var x) const;
  void visit(const std::string& name,
             const Visitor& visitor);  // the mask follows from the construction: it is no parameter

  Parameter weight, bias;
  Array mask;
};

// x: [B,D]  ->  [B,P·D], P numbers for each input, such as a mean and a log-scale: number p for input i in
// column p·D + i. Named as an MLP: 0.weight, 0.bias, 2.weight, …
struct MADE {
  // place[i] says where input i stands in the order, 0 … D−1; empty: in the order that the inputs have.
  // std::invalid_argument for no inputs, or if `place` is no permutation of them.
  MADE(std::size_t inputs, const std::vector<std::size_t>& hidden, std::size_t outputs_per_input,
       const Activation& activation, const Stream& stream, std::vector<std::size_t> place = {});

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::vector<MaskedLinear> layers;
  Var (*activation)(Var);
};

}  // namespace nn
