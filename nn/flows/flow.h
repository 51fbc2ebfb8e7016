// Normalizing flows: a distribution, mostly a normal one, pushed through bijections, one after the other,
//
//     y = f_n(… f₁(z)),  z ~ p₀          log p(y) = log p₀(z) − Σ_k log |det ∂f_k|
//
// Rezende & Mohamed 2015 (arXiv 1505.05770), section 3; Papamakarios et al. 2021 (arXiv 1912.02762). The
// steps: bijection.h.
#pragma once

#include <variant>

#include "nn/distributions/density.h"
#include "nn/flows/autoregressive.h"
#include "nn/flows/coupling.h"
#include "nn/flows/elementwise.h"
#include "nn/flows/planar.h"

namespace nn {

using Bijection = std::variant<AffineFlow, SigmoidFlow, PlanarFlow, CouplingFlow, AutoregressiveFlow>;

// A bijection made of several: y = f_n(… f₁(z)), log |det| their sum. Of none it is the identity.
struct Flow {
  explicit Flow(std::vector<Bijection> steps) : steps(std::move(steps)) {}

  Moved forward(Var z) const;
  Moved inverse(Var y) const;                                   // std::logic_error if a step has no way back
  void visit(const std::string& name, const Visitor& visitor);  // 0.…, 1.…

  std::vector<Bijection> steps;
};

// A sample that knows its density.
struct Draw {
  Var y;         // [B,D], differentiable in the parameters of the base and of the flow
  Var log_prob;  // [B] nats, log p(y)
};

// The distribution of y, from any base of real numbers. Draws know their density in any flow; the density at
// a given y needs the way back. The mean and the entropy have no closed form: average over draws. The flow
// must outlive it.
struct Transformed {
  Transformed(Density base, const Flow& flow);  // std::invalid_argument for a base that is discrete
  Transformed(Density base, Flow&& flow) = delete;

  Draw rsample_with_log_prob(const Stream& stream) const;

  Var rsample(const Stream& stream) const { return rsample_with_log_prob(stream).y; }
  Array sample(const Stream& stream) const;  // the same numbers, without the path
  Var log_prob(Var y) const;  // [B] nats; std::logic_error if a step of the flow has no way back

  Density base;
  const Flow& flow;
};

// KL(q ‖ p) of two distributions through one and the same flow, which is that of their bases: a bijection
// changes both densities by the same factor. There is no closed form through different flows
// (std::invalid_argument) or where the bases have none (std::logic_error).      [B] nats
Var kl(const Transformed& q, const Transformed& p);

}  // namespace nn
