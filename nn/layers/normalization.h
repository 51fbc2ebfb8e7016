// Layers that give units mean 0 and variance 1, and then a scale γ and a shift β that are learned:
//
//     y = γ (x − μ) / √(σ² + ε) + β
//
// They differ in what μ and σ² are taken over: the batch for each channel (BatchNorm: Ioffe & Szegedy 2015,
// arXiv 1502.03167), the last axis of each row (LayerNorm: Ba et al. 2016, arXiv 1607.06450), or a group of
// channels of each datum (GroupNorm: Wu & He 2018, arXiv 1803.08494). γ is `weight` and begins at 1, β is
// `bias` and begins at 0; σ² divides by n.
#pragma once

#include "nn/mode.h"
#include "nn/parameters.h"

namespace nn {

// μ, σ² over the last axis.  x: [B,…,D]  weight, bias: [D]  ->  [B,…,D].   std::invalid_argument if x does
// not end in D.
struct LayerNorm {
  explicit LayerNorm(std::size_t size, Real epsilon = Real(1e-5));

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  Real epsilon;
};

// μ, σ² over C/G channels and their places, for each datum and group.  x: [B,C,…]  weight, bias: [C]  ->
// [B,C,…] std::invalid_argument if G does not divide C, or x has not C channels.
struct GroupNorm {
  GroupNorm(std::size_t groups, std::size_t channels, Real epsilon = Real(1e-5));

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight, bias;
  std::size_t groups;
  Real epsilon;
};

// x: [B,C] or [B,C,…]  weight, bias: [C]  ->  [B,C,…]
// Training: μ, σ² over the batch and the places of each channel, and
//     running_mean ← (1 − m) running_mean + m μ          running_var ← (1 − m) running_var + m σ² n/(n−1)
// Evaluation: running_mean and running_var in place of μ and σ²; they are buffers, of shape [C], and begin at
// 0 and 1. std::invalid_argument if x has not C channels, or if in training a channel has fewer than two
// numbers.
struct BatchNorm {
  explicit BatchNorm(std::size_t channels, Real epsilon = Real(1e-5), Real momentum = Real(0.1));

  Var operator()(Var x, Mode mode);
  void visit(const std::string& name, const Visitor& visitor);
  void visit_buffers(const std::string& name, const BufferVisitor& visitor);

  Parameter weight, bias;
  Array running_mean, running_var;
  Real epsilon, momentum;
};

}  // namespace nn
