// The gated recurrent unit (Cho et al. 2014, arXiv 1406.1078, section 2.3), one step. As in PyTorch, the
// reset gate multiplies the state's contribution to the candidate with its bias, not the state.
#pragma once

#include "nn/parameters.h"

namespace nn {

//     r  = σ(W_ir x + b_ir + W_hr h + b_hr)              reset
//     z  = σ(W_iz x + b_iz + W_hz h + b_hz)              update
//     n  = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))     candidate
//     h' = (1 − z) ∘ n + z ∘ h
//
// x: [B,D]  h: [B,H]  weight_ih: [3H,D]  weight_hh: [3H,H]  bias_ih, bias_hh: [3H]  ->  [B,H]
// The rows of the weights are those of r, then z, then n. std::invalid_argument if shapes do not fit.
struct GRUCell {
  GRUCell(Array weight_ih, Array weight_hh);  // the biases begin at zero

  Var operator()(Var x, Var h) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight_ih, weight_hh, bias_ih, bias_hh;
};

}  // namespace nn
