// Normalizing flows: a distribution, usually a normal one, transformed by a sequence of bijections,
//
//     y = f_n(… f₁(z)),  z ~ p₀          log p(y) = log p₀(z) − Σ_k log |det ∂f_k|
//
// Rezende & Mohamed 2015 (arXiv 1505.05770), section 3; Papamakarios et al. 2021 (arXiv 1912.02762). The
// bijections: bijection.h.
#pragma once

#include <variant>

#include "nn/distributions/density.h"
#include "nn/flows/autoregressive.h"
#include "nn/flows/coupling.h"
#include "nn/flows/elementwise.h"

namespace nn {

using Bijection =
    std::variant<AffineFlow, SigmoidFlow, CouplingFlow, AutoregressiveFlow, MaskedAutoregressiveFlow>;

// The bijection y = f_n(… f₁(z)), whose log |det| is the sum of theirs. Without steps it is the identity.
struct Flow {
  explicit Flow(std::vector<Bijection> steps) : steps(std::move(steps)) {}

  ValueAndLogDet forward(Var z) const;
  ValueAndLogDet inverse(Var y) const;
  void visit(const std::string& name, const Visitor& visitor);  // NAME.0.…, NAME.1.…

  std::vector<Bijection> steps;
};

// The distribution of y for z from any continuous density. The mean, the variance and the entropy have no
// closed form: average over samples. The flow must outlive this object.
struct Transformed : Reparameterized {
  Transformed(Density base, const Flow& flow);  // std::invalid_argument for a discrete base
  Transformed(Density base, Flow&& flow) = delete;

  const char* name() const override { return "transformed density"; }
  Shape shape() const override { return base->shape(); }
  // Differentiable in the parameters of the base and of the flow.
  Var rsample(const Stream& stream) const override { return draw(stream).value; }
  Draw draw(const Stream& stream) const override;  // y and log p(y), without the cost of an inverse
  Var log_prob(Var y) const override;              // [B] nats

  Density base;
  const Flow& flow;
};

}  // namespace nn
