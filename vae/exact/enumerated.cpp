// The listed values: a categorical distribution whose classes have values.
#include "vae/exact/enumerated.h"

#include <algorithm>
#include <stdexcept>

#include "autograd/ops.h"
#include "nn/distributions/categorical.h"
#include "nn/distributions/event.h"

namespace vae {

namespace {

bool equal_rows(const Array& a, std::size_t i, const Array& b, std::size_t j) {
  const std::size_t Z = a.shape(1);
  return std::equal(a.data() + i * Z, a.data() + (i + 1) * Z, b.data() + j * Z);
}

}  // namespace

Enumerated::Enumerated(Array v, Var l) : values(std::move(v)), logits(l) {
  if (values.dimension() != 2 || logits.shape().size() != 2 || logits.shape()[1] != values.shape(0))
    throw std::invalid_argument("[enumerated] the values are " + to_string(values.shape()) +
                                " but the logits are " + to_string(logits.shape()));
  for (std::size_t i = 0; i < values.shape(0); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (equal_rows(values, i, values, j))
        throw std::invalid_argument("[enumerated] values " + std::to_string(j) + " and " + std::to_string(i) +
                                    " are equal");
  nn::check_logits("enumerated", logits.value());
}

Shape Enumerated::shape() const { return {logits.rows(), values.shape(1)}; }

// log softmax(l)_k of the k with v_k = z
Var Enumerated::log_prob(Var z) const {
  nn::check_event("enumerated.log_prob", z.shape(), shape());
  Array is_value = zeros(logits.shape());  // [B,K]
  for (std::size_t i = 0; i < z.rows(); ++i)
    for (std::size_t k = 0; k < values.shape(0); ++k) is_value(i, k) = equal_rows(z.value(), i, values, k);
  const Var chosen = constant(is_value);
  const Var log_p = sum(nn::times_log(chosen, log_softmax(logits, 1)), {1});
  return where(sum(chosen, {1}), log_p, -infinity);
}

Array Enumerated::sample(const Stream& stream) const {
  Evaluation scope;
  const Var chosen = constant(nn::Categorical(logits).sample(stream));  // [B,K]
  return matmul(chosen, constant(values)).value();
}

Var Enumerated::mean() const { return matmul(softmax(logits, 1), constant(values)); }

Var Enumerated::variance() const {
  return matmul(softmax(logits, 1), square(constant(values))) - square(mean());
}

Var Enumerated::entropy() const { return nn::Categorical(logits).entropy(); }

}  // namespace vae
