// The embedding: a learned row of D numbers for each of N symbols (Bengio et al. 2003).
#pragma once

#include "nn/parameters.h"

namespace nn {

// y_i = W[index_i].  indices: n numbers below N  weight: [N,D]  ->  [n,D]
// std::invalid_argument for an index that is not below N, or if W has not two axes.
struct Embedding {
  explicit Embedding(Array weight);

  Var operator()(const std::vector<std::size_t>& indices) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight;
};

}  // namespace nn
