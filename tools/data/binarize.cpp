// Binarizes images.
//
// Bytes are compared without rounding. Since 2³² = 255 · 0x01010101 + 1, word / 2³² < byte / 255 says
// 255 (word − byte · 0x01010101) < byte, and that is word <= byte · 0x01010101, except for byte 0, which no
// word is below.
#include "tools/data/binarize.h"

#include <algorithm>
#include <limits>

#include "tools/errors.h"
#include "tools/text.h"

namespace tools {

using autograd::Array;
using autograd::Real;

const char* name_of(Binarization mode) {
  static const char* const names[] = {"dynamic", "static", "threshold",
                                      "none"};  // in the order of Binarization
  return names[int(mode)];
}

Binarization binarization_named(const std::string& name) {
  for (const Binarization mode :
       {Binarization::dynamic, Binarization::fixed, Binarization::threshold, Binarization::none})
    if (name == name_of(mode)) return mode;
  throw Failure(exit_usage, "unknown binarization '" + name + "': dynamic, static, threshold or none");
}

// The comparison refuses NaN too.
void check_grey(const Images& images, const std::string& name) {
  for (const float value : images.floats)
    if (!(value >= 0 && value <= 1))
      throw Failure(
          exit_bad_data,
          name + text(": holds the value %.*g", std::numeric_limits<float>::max_digits10, double(value)) +
              ", and grey values to be binarized are within 0 and 1: scale it, or take --likelihood "
              "gaussian");
}

bool is_one(std::uint32_t word, std::uint8_t byte) { return (byte > 0) & (word <= byte * 0x01010101u); }
bool is_one(std::uint32_t word, float grey) { return double(word) < double(grey) * 0x1p32; }

Array presented(const Images& images, const std::vector<std::size_t>& rows, Binarization mode,
                const autograd::Stream& stream) {
  Array x = images.gather(rows);
  if (mode == Binarization::none) return x;
  if (mode == Binarization::threshold) {
    std::transform(x.data(), x.data() + x.size(), x.data(),
                   [](Real grey) { return Real(grey >= Real(0.5)); });
    return x;
  }

  const autograd::Stream noise = stream.at(autograd::Purpose::binarization)
                                     .for_data(std::vector<std::uint32_t>(rows.begin(), rows.end()));
  const std::size_t width = images.pixels();
  std::vector<std::uint32_t> words(width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    autograd::random_words(noise, i, width, words.data());
    Real* out = x.data() + i * width;
    if (images.floats.empty())
      std::transform(
          words.begin(), words.end(), &images.bytes[rows[i] * width], out,
          [](std::uint32_t word, std::uint8_t byte) { return is_one(word, byte) ? Real(1) : Real(0); });
    else
      std::transform(words.begin(), words.end(), &images.floats[rows[i] * width], out,
                     [](std::uint32_t word, float grey) { return is_one(word, grey) ? Real(1) : Real(0); });
  }
  return x;
}

}  // namespace tools
