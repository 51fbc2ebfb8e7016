// The inverse autoregressive flow (Kingma et al. 2016, arXiv 1606.04934, algorithm 1): each unit is scaled
// and shifted by what precedes it in z, so all of y comes in one pass, and the Jacobian is triangular in
// MADE's order (made.h).
#pragma once

#include "nn/flows/bijection.h"
#include "nn/layers/made.h"

namespace nn {

//     y = σ(s) ∘ z + (1 − σ(s)) ∘ m,   [m, s] = made(z)          log |det| = Σ log σ(s)
//
// z: [B,D]  ->  [B,D].   Begins close to the identity: s is near 2. The way back takes D passes, for z_i
// needs those before it.
struct AutoregressiveFlow {
  // `place` as in MADE: turn the order around from one step of a flow to the next.
  AutoregressiveFlow(std::size_t size, const std::vector<std::size_t>& hidden, const Activation& activation,
                     const Stream& stream, std::vector<std::size_t> place = {});

  Moved forward(Var z) const;
  Moved inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::size_t size;
  MADE made;
};

}  // namespace nn
