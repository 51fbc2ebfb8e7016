// A model at a given c. The networks that see c: vae.cpp, autoregressive.cpp, top_down.cpp.
#include "vae/conditional.h"

#include <stdexcept>

#include "autograd/ops.h"
#include "vae/networks.h"

namespace vae {

Given::Given(Model& model, std::optional<Array> c) : AroundModel(model), c_(std::move(c)) {
  if (c_ && c_->dimension() != 2)
    throw std::invalid_argument("[Given] c is " + to_string(c_->shape()) + ", not [B,C]");
}

Var Given::condition(std::size_t rows) const {
  if (!c_) return model_.condition(rows);
  const std::size_t B = c_->shape(0);
  const Var all = repeat(constant(*c_), (rows + B - 1) / B);
  return all.rows() == rows ? all : slice(all, 0, 0, std::ptrdiff_t(rows));
}

Given given_zeros(Model& model, std::size_t C) {
  return {model, C > 0 ? std::optional(zeros({1, C})) : std::nullopt};
}

}  // namespace vae
