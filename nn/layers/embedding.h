// The embedding: a row of numbers for each of N symbols, learned (Bengio et al. 2003).
#pragma once

#include "nn/parameters.h"

namespace nn {

// y_i = W[index_i].  indices: n of 0 … N−1  weight: [N,D]  ->  [n,D]
// std::invalid_argument for an index beyond the rows, or W not [N,D].
struct Embedding {
  explicit Embedding(Array weight);

  Var operator()(const std::vector<std::size_t>& indices) const;
  void visit(const std::string& name, const Visitor& visitor);

  Parameter weight;
};

}  // namespace nn
