// The inverse autoregressive flow (Kingma et al. 2016, arXiv 1606.04934, algorithm 1). Each unit is scaled
// and shifted by amounts that depend on the units of z before it, so that one pass computes all of y, and the
// Jacobian is triangular in the order of the units. A posterior draws with it.
//
// The masked autoregressive flow (Papamakarios et al. 2017, arXiv 1705.07057, section 3) is the same
// bijection the other way round: one pass finds the z of a given y, as the density of a prior needs.
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
  // `place` as in MADE (made.h); order_of_step has one for each step of a flow.
  AutoregressiveFlow(std::size_t size, const std::vector<std::size_t>& hidden, const Activation& activation,
                     const Stream& stream, std::vector<std::size_t> place = {});

  // With a context, that is added to [m, s]: what the units of a posterior's flow know of x.  context: [B,2D]
  ValueAndLogDet forward(Var z, Var context = {}) const;
  ValueAndLogDet inverse(Var y, Var context = {}) const;
  void visit(const std::string& name, const Visitor& visitor);

  std::size_t size;
  MADE made;
};

// The place of each unit for step k of several: in every second step their order is reversed.
std::vector<std::size_t> order_of_step(std::size_t k, std::size_t size);

// y = f⁻¹(z), with f the flow above: drawing takes D passes, and a density one.
struct MaskedAutoregressiveFlow {
  explicit MaskedAutoregressiveFlow(AutoregressiveFlow f) : f(std::move(f)) {}

  ValueAndLogDet forward(Var z) const { return f.inverse(z); }
  ValueAndLogDet inverse(Var y) const { return f.forward(y); }
  void visit(const std::string& name, const Visitor& visitor) { f.visit(name, visitor); }

  AutoregressiveFlow f;
};

}  // namespace nn
