// The gated dense layer: one half computes, the other decides how much of it passes (Dauphin et al. 2017,
// arXiv 1612.08083, eq. 1). The hidden layer of the VAEs of Tomczak & Welling 2018 (VampPrior, arXiv
// 1705.07120), whose names h and g it has.
#pragma once

#include "autograd/random.h"
#include "nn/layers/linear.h"

namespace nn {

// y = (x Hᵀ + b) ∘ σ(x Gᵀ + c).  x: [B,D]  h.weight, g.weight: [H,D]  h.bias, g.bias: [H]  ->  [B,H]
// std::invalid_argument if x is not [B,D].
struct GatedDense {
  GatedDense(std::size_t in, std::size_t out, const Stream& stream);  // weights after Glorot

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Linear h, g;
};

}  // namespace nn
