// A density whose elements are drawn one after the other, each given those before it:
//
//     p(x) = Π_i p(x_i | x_<i)
//
// A network that computes all conditionals at once makes the density of a given x one pass, and a draw D
// passes: MADE (../layers/made.h), a recurrent network, or masked convolutions. Any family of independent
// elements serves for the conditionals.
#pragma once

#include <functional>

#include "nn/distributions/density.h"

namespace nn {

struct Autoregressive : Distribution {
  // Independent elements, of which element i has parameters that depend on x_<i alone.  x: [B,D]  ->  [B,D]
  using Conditionals = std::function<Density(Var x)>;

  // Of data [B,D]; std::invalid_argument for another number of axes.
  Autoregressive(const Shape& shape, Conditionals conditionals);

  const char* name() const override { return "density by the chain rule"; }
  Shape shape() const override { return shape_; }
  bool is_discrete() const override;
  Array sample(const Stream& stream) const override;  // in D passes   [B,D]
  Var log_prob(Var x) const override;                 // [B] nats

  Conditionals conditionals;

 private:
  Shape shape_;
};

}  // namespace nn
