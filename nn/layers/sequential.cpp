// A walk over the layers, to apply them and to visit their parameters.
#include "nn/layers/sequential.h"

#include <type_traits>

namespace nn {

Var Sequential::operator()(Var x) const {
  for (const Layer& layer : layers) x = std::visit([&](const auto& f) { return f(x); }, layer);
  return x;
}

void Sequential::visit(const std::string& name, const Visitor& visitor) {
  for (std::size_t i = 0; i < layers.size(); ++i)
    std::visit(
        [&](auto& f) {
          if constexpr (std::is_class_v<std::decay_t<decltype(f)>>)
            f.visit(name + "." + std::to_string(i), visitor);
        },
        layers[i]);
}

}  // namespace nn
