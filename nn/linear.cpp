#include "nn/linear.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace nn {

namespace {

// U(±limit)
Array symmetric_uniform(std::size_t in, std::size_t out, Real limit, const Stream& stream) {
  Array w = uniform(stream.at(Purpose::initialization), {out, in});
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] = limit * (2 * w.data()[i] - 1);
  return w;
}

}  // namespace

Array glorot_uniform(std::size_t in, std::size_t out, const Stream& stream) {
  return symmetric_uniform(in, out, std::sqrt(Real(6) / Real(in + out)), stream);
}

Array lecun_uniform(std::size_t in, std::size_t out, const Stream& stream) {
  return symmetric_uniform(in, out, std::sqrt(Real(3) / Real(in)), stream);
}

Array he_normal(std::size_t in, std::size_t out, const Stream& stream) {
  const Real deviation = std::sqrt(Real(2) / Real(in));
  Array w = normal(stream.at(Purpose::initialization), {out, in});
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] *= deviation;
  return w;
}

Linear::Linear(Array w) : weight(std::move(w)) {
  if (weight.shape().size() != 2) throw std::invalid_argument("[linear] W is " + to_string(weight.shape()) + ", not [out,in]");
  bias.update() = zeros({weight.shape()[0]});
}

Var Linear::operator()(Var x) const {
  const bool matrix = x.shape().size() == 2;
  if (!matrix || x.shape()[1] != weight.shape()[1])
    throw std::invalid_argument("[linear] x is " + to_string(x.shape()) + " but W is " + to_string(weight.shape()) +
                                (matrix ? ": inner sizes differ" : ": x must have two axes"));
  return affine(x, weight, bias);
}

void Linear::visit(const std::string& name, const Visitor& visitor) {
  visitor(name + ".weight", weight);
  visitor(name + ".bias", bias);
}

}  // namespace nn
