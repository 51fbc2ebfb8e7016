// Chosen parameters as constants, for a while: what is recorded meanwhile has no gradient in them, while
// what was recorded before, such as a sample that they moved, keeps its own.
//
//     const Var z = q.rsample(stream);   // a gradient leads through z to φ
//     HoldConstant hold(φ);
//     ... log q(z) ...                   // and from here on through z alone
//
// So the path-derivative gradients stop φ (Roeder, Wu & Duvenaud 2017, arXiv 1703.09194, section 3).
#pragma once

#include <utility>

#include "autograd/tape.h"

namespace autograd {

using ParameterSet = std::unordered_set<const Parameter*>;

ParameterSet held_constant();  // on the current tape

// Until the end of the block, on the current tape. Those that were held before stay so; under `exactly`, only
// these are held.
class HoldConstant {
 public:
  explicit HoldConstant(const std::vector<const Parameter*>& parameters);
  static HoldConstant exactly(ParameterSet parameters);
  ~HoldConstant();
  HoldConstant(const HoldConstant&) = delete;
  HoldConstant& operator=(const HoldConstant&) = delete;

 private:
  HoldConstant(Tape& tape, ParameterSet outer) : tape_(tape), outer_(std::move(outer)) {}

  Tape& tape_;
  ParameterSet outer_;
};

}  // namespace autograd
