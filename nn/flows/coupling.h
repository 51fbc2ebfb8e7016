// The affine coupling layer of RealNVP (Dinh et al. 2017, arXiv 1605.08803, eqs. 4 to 8): one half of the
// units stays, and says how the other is scaled and shifted. Both ways are one pass, and the Jacobian is
// triangular.
#pragma once

#include "nn/flows/bijection.h"
#include "nn/layers/mlp.h"

namespace nn {

enum class Half { first, second };

//     y_stay = z_stay,   y_move = z_move ∘ e^s + t,   s = tanh a,   [a, t] = network(z_stay)          log
//     |det| = Σ s
//
// z: [B,D]  ->  [B,D]; the first half is the first D/2 units. The tanh keeps scales within [1/e, e]. Begins
// as the identity: the last weight of the network is zero. In a flow the halves take turns.
// std::invalid_argument for D < 2.
struct CouplingFlow {
  CouplingFlow(std::size_t size, Half moves, const std::vector<std::size_t>& hidden,
               const Activation& activation, const Stream& stream);

  Moved forward(Var z) const;
  Moved inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::size_t size;
  Half moves;
  MLP network;
};

}  // namespace nn
