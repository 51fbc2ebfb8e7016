// Binarizes images.
//
// Bytes are compared without rounding. Since 2³² = 255 · 0x01010101 + 1, word / 2³² < byte / 255 says
// 255 (word − byte · 0x01010101) < byte, and that is word <= byte · 0x01010101, except for byte 0, which no word is below.
#include "tools/binarize.h"

#include <algorithm>
#include <iomanip>
#include <limits>
#include <sstream>

#include "tools/errors.h"

namespace tools {

using autograd::Array;
using autograd::Real;

namespace {

const std::string names[] = {"dynamic", "static", "threshold", "none"};  // in the order of Binarization

void check_grey(const Array& values) {
  for (const Real *v = values.data(), *end = v + values.size(); v != end; ++v) {
    if (*v >= 0 && *v <= 1) continue;
    std::ostringstream message;
    message << "cannot binarize the value " << std::setprecision(std::numeric_limits<float>::max_digits10) << *v
            << ": grey values are within 0 and 1 (scale the data, or use --binarize none)";
    throw Failure(exit_bad_data, message.str());
  }
}

}  // namespace

bool is_one(std::uint32_t word, std::uint8_t byte) { return (byte > 0) & (word <= byte * 0x01010101u); }
bool is_one(std::uint32_t word, float grey) { return double(word) < double(grey) * 0x1p32; }

Binarization parse_binarization(const std::string& text) {
  for (const Binarization mode : {Binarization::dynamic, Binarization::fixed, Binarization::threshold, Binarization::none})
    if (to_string(mode) == text) return mode;
  throw Failure(exit_usage, "unknown binarization '" + text + "': dynamic, static, threshold or none");
}

std::string to_string(Binarization mode) { return names[int(mode)]; }

Array presented(const Images& images, const std::vector<std::size_t>& rows, Binarization mode, const autograd::Stream& stream) {
  Array x = images.gather(rows);
  if (mode == Binarization::none) return x;
  if (!images.floats.empty()) check_grey(x);
  if (mode == Binarization::threshold) {
    std::transform(x.data(), x.data() + x.size(), x.data(), [](Real grey) { return Real(grey >= Real(0.5)); });
    return x;
  }

  const autograd::Stream noise =
      stream.at(autograd::Purpose::binarization).for_data(std::vector<std::uint32_t>(rows.begin(), rows.end()));
  const std::size_t width = images.pixels();
  std::vector<std::uint32_t> words(width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    autograd::random_words(noise, i, width, words.data());
    Real* out = x.data() + i * width;
    if (images.floats.empty())
      std::transform(words.begin(), words.end(), &images.bytes[rows[i] * width], out,
                     [](std::uint32_t word, std::uint8_t byte) { return is_one(word, byte) ? Real(1) : Real(0); });
    else
      std::transform(words.begin(), words.end(), &images.floats[rows[i] * width], out,
                     [](std::uint32_t word, float grey) { return is_one(word, grey) ? Real(1) : Real(0); });
  }
  return x;
}

}  // namespace tools
