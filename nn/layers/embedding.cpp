// The embedding: rows of a matrix.
#include "nn/layers/embedding.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "nn/layers/check.h"

namespace nn {

Embedding::Embedding(Array w) : weight(std::move(w)) {
  check_weight("embedding", weight.shape(), 2, "[N,D]");
}

// y_i = W[index_i]
Var Embedding::operator()(const std::vector<std::size_t>& indices) const {
  for (const std::size_t index : indices)
    if (index >= weight.shape()[0])
      throw std::invalid_argument("[embedding] index " + std::to_string(index) + " but W is " +
                                  to_string(weight.shape()));
  return take(weight, indices);
}

void Embedding::visit(const std::string& name, const Visitor& visitor) { visitor(name + ".weight", weight); }

}  // namespace nn
