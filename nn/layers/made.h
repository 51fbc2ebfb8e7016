// Autoregressive networks: a perceptron with some weights masked to zero, so that the outputs for input i
// depend only on the inputs that precede i in an order. One pass then computes all conditionals of p(x) = Π_i
// p(x_i | x_<i).
//
// MADE: Germain et al. 2015 (arXiv 1502.03509), sections 3 and 4. As a flow: ../flows/autoregressive.h.
#pragma once

#include "nn/layers/mlp.h"

namespace nn {

// y = x (W ∘ M)ᵀ + b.  x: [B,D]  weight, mask: [H,D]  bias: [H]  ->  [B,H]
// std::invalid_argument if x is not [B,D], or W and M are not of one shape with two axes. The mask follows
// from the construction, so `visit` leaves it out.
struct MaskedLinear : WeightAndBias {
  MaskedLinear(Array weight, Array mask);  // the bias begins at zero

  Var operator()(Var x) const;

  Array mask;
};

// x: [B,D]  ->  [B,P·D], P numbers for each input, such as a mean and a log-scale: number p for input i is in
// column p·D + i. Named as an MLP: NAME.0.weight, NAME.0.bias, NAME.2.weight, …
struct MADE {
  // place[i] is the place of input i in the order, from 0 to D−1; empty: the inputs' own order.
  // std::invalid_argument for no inputs, or if `place` is not a permutation of them.
  MADE(std::size_t inputs, const std::vector<std::size_t>& hidden, std::size_t outputs_per_input,
       const Activation& activation, const Stream& stream, std::vector<std::size_t> place = {});

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::vector<MaskedLinear> layers;
  Var (*activation)(Var);
};

}  // namespace nn
