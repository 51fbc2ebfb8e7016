// Layers one after the other, as torch.nn.Sequential: for layers that are functions of x alone. Where a layer
// takes more (a mode, a stream, a state), write the composition out, so that a reader sees what each layer
// gets. For linear layers only, there is the MLP (mlp.h).
#pragma once

#include <variant>

#include "nn/layers/blocks.h"
#include "nn/layers/causal.h"
#include "nn/layers/made.h"
#include "nn/layers/normalization.h"

namespace nn {

// A layer, or a function, such as an activation or a change of shape.
using Layer =
    std::variant<Var (*)(Var), Linear, MLP, GatedDense, ResidualBlock, LayerNorm, GroupNorm, MaskedLinear,
                 MADE, CausalConv1d, Conv2d, ConvTranspose2d, MaskedConv2d, DownBlock, UpBlock>;

// y = f_n(… f₂(f₁(x)))
struct Sequential {
  explicit Sequential(std::vector<Layer> layers) : layers(std::move(layers)) {}

  Var operator()(Var x) const;
  void visit(const std::string& name, const Visitor& visitor);  // NAME.0.…, …; functions count, too

  std::vector<Layer> layers;
};

}  // namespace nn
