// Dropout, with a mask from the stream.
#include "nn/layers/dropout.h"

#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

Dropout::Dropout(Real p) : p(p) {
  if (!(p >= 0 && p < 1)) throw std::domain_error("[dropout] p is " + std::to_string(p) + ", not in [0, 1)");
}

// y = x ∘ m / (1 − p)
Var Dropout::operator()(Var x, Mode mode, const Stream& stream) const {
  if (mode == Mode::evaluation) return x;
  Array m = uniform(stream.at(Purpose::dropout), x.shape());
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = m.data()[i] < p ? 0 : 1 / (1 - p);
  return x * constant(m);
}

}  // namespace nn
