// Making arrays, and checks of their sizes.
#include "autograd/array.h"

#include <algorithm>
#include <stdexcept>

namespace autograd {

Array empty(const Shape& shape) {
  element_count(shape);  // throws if there are too many
  return Array::from_shape(shape);
}

Array full(const Shape& shape, Real value) {
  Array a = empty(shape);
  std::fill(a.data(), a.data() + a.size(), value);
  return a;
}

Array zeros(const Shape& shape) { return full(shape, 0); }

Array array(const Shape& shape, const std::vector<Real>& values) {
  Array a = empty(shape);
  if (a.size() != values.size())
    throw std::invalid_argument("[array] shape " + to_string(shape) + " has " + std::to_string(a.size()) +
                                " elements but " + std::to_string(values.size()) + " values are given");
  std::copy(values.begin(), values.end(), a.data());
  return a;
}

void resize(Array& a, const Shape& shape) {
  if (a.shape() == shape) return;
  element_count(shape);  // throws if there are too many
  a.resize(shape);
}

std::size_t element_count(const Shape& shape) {
  constexpr std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(Real);
  std::size_t count = 1;
  for (const std::size_t length : shape) {
    if (length != 0 && count > most / length)
      throw std::invalid_argument("[array] " + to_string(shape) + " has too many elements");
    count *= length;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

}  // namespace autograd
