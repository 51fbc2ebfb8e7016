// Chosen parameters as constants, for a while: what is recorded meanwhile has no gradient in them, while
// what was recorded before, such as a sample that they moved, keeps its own.
//
//     const Var z = q.rsample(stream);   // a gradient leads through z to φ
//     HoldConstant hold(φ);
//     ... log q(z) ...                   // and from here on through z alone
//
// So the path-derivative gradients stop φ (Roeder, Wu & Duvenaud 2017, arXiv 1703.09194, section 3).
#pragma once

#include "autograd/tape.h"

namespace autograd {

// Until the end of the block, on the current tape. Those that were held before stay so.
class HoldConstant {
 public:
  explicit HoldConstant(const std::vector<const Parameter*>& parameters);
  ~HoldConstant();
  HoldConstant(const HoldConstant&) = delete;
  HoldConstant& operator=(const HoldConstant&) = delete;

 private:
  Tape& tape_;
  std::unordered_set<const Parameter*> outer_;
};

}  // namespace autograd
