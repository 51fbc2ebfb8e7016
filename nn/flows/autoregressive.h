// The inverse autoregressive flow (Kingma et al. 2016, arXiv 1606.04934, algorithm 1). Each unit is scaled
// and shifted by amounts that depend on the units of z before it, so that one pass computes all of y, and the
// Jacobian is triangular in the order of the units.
#pragma once

#include "nn/flows/bijection.h"
#include "nn/layers/made.h"

namespace nn {

//     y = σ(s) ∘ z + (1 − σ(s)) ∘ m,   [m, s] = made(z)
//     log |det| = Σ log σ(s)
//
// z: [B,D]  ->  [B,D].   Begins near the identity, with s near 2. The inverse takes D passes, because z_i is
// known only after the units before it; std::domain_error if an s is beyond ±170 (in double ±1400), where
// σ(s) is 0.
struct AutoregressiveFlow {
  // `place` as in MADE (made.h). Reverse the order from one step of a flow to the next.
  AutoregressiveFlow(std::size_t size, const std::vector<std::size_t>& hidden, const Activation& activation,
                     const Stream& stream, std::vector<std::size_t> place = {});

  ValueAndLogDet forward(Var z) const;
  ValueAndLogDet inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::size_t size;
  MADE made;
};

}  // namespace nn
