// Every layer and every step of a flow, at least once: the shapes of its inputs, and the layer itself with
// numbers in all its parameters. `elbo gradcheck` checks each to second order in inputs and parameters
// (checks.cpp); tests/nn/layers/all_layers_test.cpp compares each with PyTorch's, and fails by name for a
// layer that is missing in layers_table.cpp.
//
// An entry is named after the struct; after a space follows what is particular about this entry.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/parameters.h"

namespace nn {

struct LayerEntry {
  std::string name;
  std::vector<Shape> inputs;
  std::function<Var(const std::vector<Var>&)> apply;
  std::function<void(const Visitor&)> visit;  // names begin with a dot
};

std::vector<LayerEntry> all_layers();

// U(low, high), different for each `which`.
Array table_numbers(const Shape& shape, std::uint32_t which, Real low = -1, Real high = 1);

}  // namespace nn
