// The planar flow (Rezende & Mohamed 2015, arXiv 1505.05770, eqs. 10 to 12 and appendix A.1): space is pushed
// along one direction, by an amount that depends on where one stands along another.
#pragma once

#include "autograd/random.h"
#include "nn/flows/bijection.h"

namespace nn {

//     y = z + û tanh(w·z + b)          log |det| = log(1 + (w·û) (1 − tanh²(w·z + b)))
//     û = u + (m(w·u) − w·u) w / ‖w‖²,   m(a) = log(1 + eᵃ) − 1
//
// z: [B,D]  u, w: [1,D]  b: [1]  ->  [B,D].   û, because w·û = m > −1 makes it one to one; w must not be
// zero. There is no inverse in closed form: asking for it is a std::logic_error.
struct PlanarFlow {
  PlanarFlow(std::size_t size, const Stream& stream);

  Moved forward(Var z) const;
  Moved inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter u, w, b;
};

}  // namespace nn
