// Binarizes images. Bytes are compared without rounding: since 2³² = 255 · 0x01010101 + 1,
//
//     word / 2³² < byte / 255   ⟺   255 (word − byte · 0x01010101) < byte   ⟺   word <= byte · 0x01010101
//
// for every byte but 0, where the first is never true.
#include "tools/data/binarize.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tools {

using autograd::Array;
using autograd::Real;

bool is_one(std::uint32_t word, std::uint8_t byte) { return (byte > 0) & (word <= byte * 0x01010101u); }
bool is_one(std::uint32_t word, float grey) { return double(word) < double(grey) * 0x1p32; }

Array binarize(const Images& images, const ImageIndices& indices, Binarization mode,
               const autograd::Stream& stream) {
  Array x = images.gather(indices);
  if (mode == Binarization::none) return x;
  if (mode == Binarization::threshold) {
    std::transform(x.data(), x.data() + x.size(), x.data(),
                   [](Real grey) { return std::isnan(grey) ? grey : Real(grey >= 0.5); });
    return x;
  }

  // Compare each pixel with a random word of its own.
  const autograd::Stream noise =
      stream.at(autograd::Purpose::binarization).for_data({indices.begin(), indices.end()});
  const std::size_t width = images.pixels();
  std::vector<std::uint32_t> words(width);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    autograd::random_words(noise, i, width, words.data());
    Real* out = x.data() + i * width;
    if (images.floats.empty())
      std::transform(words.begin(), words.end(), &images.bytes[indices[i] * width], out,
                     [](std::uint32_t word, std::uint8_t byte) { return Real(is_one(word, byte)); });
    else
      std::transform(words.begin(), words.end(), &images.floats[indices[i] * width], out,
                     [](std::uint32_t word, float grey) {
                       return std::isnan(grey) ? Real(grey) : Real(is_one(word, grey));
                     });
  }
  return x;
}

void hide(double share, const autograd::Stream& stream, Array& x) {
  const Array u = autograd::uniform(stream.at(autograd::Purpose::missing).for_batch(x.shape(0)), x.shape());
  for (std::size_t i = 0; i < x.size(); ++i)
    if (u.data()[i] < Real(share)) x.data()[i] = std::numeric_limits<Real>::quiet_NaN();
}

}  // namespace tools
