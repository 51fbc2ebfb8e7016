// Layers one after the other, as torch.nn.Sequential: for those that are functions of x alone. Where a layer
// takes more (a mode, a stream, a state), the composition is written out, so that one sees who gets what. Of
// linear layers there is the MLP (mlp.h).
#pragma once

#include <variant>

#include "nn/layers/causal.h"
#include "nn/layers/conv.h"
#include "nn/layers/gated.h"
#include "nn/layers/linear.h"
#include "nn/layers/made.h"
#include "nn/layers/normalization.h"
#include "nn/layers/resampling.h"
#include "nn/layers/residual.h"

namespace nn {

// A function, such as an activation or a change of shape, or a layer.
using Layer =
    std::variant<Var (*)(Var), Linear, MLP, GatedDense, ResidualBlock, LayerNorm, GroupNorm, MaskedLinear,
                 MADE, CausalConv1d, Conv2d, ConvTranspose2d, MaskedConv2d, DownBlock, UpBlock>;

// y = f_n(… f₂(f₁(x)))
struct Sequential {
  explicit Sequential(std::vector<Layer> layers) : layers(std::move(layers)) {}

  Var operator()(Var x) const;
  void visit(const std::string& name,
             const Visitor& visitor);  // 0.…, 1.…; functions are counted, and have no parameters

  std::vector<Layer> layers;
};

}  // namespace nn
