// Some of a set of images, as a set or as an Array.
#include "tools/data/images.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace tools {

Images Images::slice(std::size_t first, std::size_t last) const {
  if (first > last || last > count)
    throw std::invalid_argument("[slice] images " + std::to_string(first) + " to " + std::to_string(last) +
                                " of " + std::to_string(count));
  Images s;
  s.count = last - first, s.height = height, s.width = width;
  // A vector that is empty stays empty.
  const auto copy = [&](const auto& from, auto& to, std::size_t each) {
    if (!from.empty()) to.assign(from.begin() + first * each, from.begin() + last * each);
  };
  copy(bytes, s.bytes, pixels());
  copy(floats, s.floats, pixels());
  copy(labels, s.labels, 1);
  copy(factors, s.factors, 1);
  return s;
}

autograd::Array Images::gather(const ImageIndices& indices) const {
  using autograd::Real;
  const std::size_t width = pixels();
  autograd::Array batch = autograd::empty({indices.size(), width});
  Real* out = batch.data();
  for (const std::size_t i : indices) {
    if (i >= count)
      throw std::invalid_argument("[gather] image " + std::to_string(i) + " of " + std::to_string(count));
    if (floats.empty())
      out = std::transform(&bytes[i * width], &bytes[i * width] + width, out,
                           [](std::uint8_t b) { return Real(b) / 255; });
    else
      out = std::transform(&floats[i * width], &floats[i * width] + width, out,
                           [](float v) { return Real(v); });
  }
  return batch;
}

}  // namespace tools
