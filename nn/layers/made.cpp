// Every unit has a degree: of an input its place in the order, of a hidden unit the last place that it may
// depend on. A weight is kept if the unit that it leads to may depend on all that the unit before it depends
// on:
//
//     hidden unit k, from unit j       M_kj = [degree k ≥ degree j]
//     output for input i, from unit j  M_ij = [place i > degree j]
#include "nn/layers/made.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

// ---- MaskedLinear -----------------------------------------------------------------------------------------

MaskedLinear::MaskedLinear(Array w, Array m) : WeightAndBias(std::move(w)), mask(std::move(m)) {
  check_weight("masked_linear", weight.shape(), 2, "[out,in]");
  if (mask.shape() != weight.shape() && weight.value().size() > 0)  // without elements, it is only counted
    throw std::invalid_argument("[masked_linear] the mask is " + to_string(mask.shape()) + " but W is " +
                                to_string(weight.shape()));
  bias.update() = zeros({weight.shape()[0]});
}

// y = x (W ∘ M)ᵀ + b
Var MaskedLinear::operator()(Var x) const {
  check_inner("masked_linear", x.shape(), weight.shape());
  return affine(x, weight * constant(mask), bias);
}

// ---- MADE -------------------------------------------------------------------------------------------------

namespace {

using Degrees = std::vector<std::size_t>;

// M_kj = [to_k ≥ from_j], or [to_k > from_j] if strict.
Array mask(const Degrees& to, const Degrees& from, bool strict) {
  Array m = zeros({to.size(), from.size()});
  for (std::size_t k = 0; k < to.size(); ++k)
    for (std::size_t j = 0; j < from.size(); ++j)
      m(k, j) = to[k] > from[j] || (!strict && to[k] == from[j]) ? 1 : 0;
  return m;
}

bool is_permutation(std::vector<std::size_t> places) {
  std::sort(places.begin(), places.end());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] != i) return false;
  return true;
}

}  // namespace

MADE::MADE(std::size_t inputs, const std::vector<std::size_t>& hidden, std::size_t outputs_per_input,
           const Activation& between, const Stream& stream, std::vector<std::size_t> place)
    : activation(between.apply) {
  // Check the order.
  if (place.empty()) {
    place.resize(inputs);
    std::iota(place.begin(), place.end(), 0);
  }
  if (inputs == 0 || place.size() != inputs || !is_permutation(place))
    throw std::invalid_argument("[made] the " + std::to_string(place.size()) + " places are no order of " +
                                std::to_string(inputs) + " inputs");

  const auto add = [&](const Degrees& to, const Degrees& from, bool strict, Initialization initial_weight) {
    const Stream own = stream.at_level(std::uint32_t(layers.size()));
    layers.emplace_back(initial_weight({to.size(), from.size()}, own), mask(to, from, strict));
  };

  // Add the hidden layers. Degrees cycle through 0 … D−2: a unit that depends on the last place could feed no
  // output.
  Degrees degrees = place;
  for (const std::size_t units : hidden) {
    Degrees next(units);
    for (std::size_t k = 0; k < units; ++k) next[k] = inputs > 1 ? k % (inputs - 1) : 0;
    add(next, degrees, false, between.initial_weight);
    degrees = next;
  }

  // Add the outputs: P times one for each input.
  Degrees outputs;
  for (std::size_t p = 0; p < outputs_per_input; ++p)
    outputs.insert(outputs.end(), place.begin(), place.end());
  add(outputs, degrees, true, glorot_uniform);
}

Var MADE::operator()(Var x) const {
  check_inner("made", x.shape(), layers.front().weight.shape());
  Var h = layers.front()(x);
  for (std::size_t i = 1; i < layers.size(); ++i) h = layers[i](activation(h));
  return h;
}

void MADE::visit(const std::string& name, const Visitor& visitor) {
  for (std::size_t i = 0; i < layers.size(); ++i)
    layers[i].visit(name + "." + std::to_string(2 * i), visitor);
}

}  // namespace nn
