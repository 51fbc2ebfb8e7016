// The affine coupling layer of RealNVP (Dinh et al. 2017, arXiv 1605.08803, eqs. 4 to 8). One half of the
// units is kept, and says how the other half is scaled and shifted. Both directions take one pass, and the
// Jacobian is triangular.
#pragma once

#include "nn/flows/bijection.h"
#include "nn/layers/mlp.h"

namespace nn {

enum class Half { first, second };

//     y_kept = z_kept,   y_moved = z_moved ∘ e^s + t,   s = tanh a,   [a, t] = network(z_kept)
//     log |det| = Σ s
//
// z: [B,D]  ->  [B,D].   The first half is the first D/2 units, rounded down. The tanh keeps the scales
// within [1/e, e]. Begins as the identity, because the last weight of the network is zero. In a flow the
// halves take turns.
struct CouplingFlow {
  // `moved` is the half that is scaled and shifted. std::invalid_argument for size < 2.
  CouplingFlow(std::size_t size, Half moved, const std::vector<std::size_t>& hidden,
               const Activation& activation, const Stream& stream);

  ValueAndLogDet forward(Var z) const;
  ValueAndLogDet inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::size_t size;
  Half moved;
  MLP network;
};

}  // namespace nn
