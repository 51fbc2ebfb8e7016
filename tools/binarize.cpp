// Binarizes images, exactly: of the 2³² words a random word can be, the part that makes a pixel 1 is its grey value, rounded up
// to the next 2⁻³². So black is never 1 and white is always 1.
#include "tools/binarize.h"

#include <algorithm>

#include "tools/errors.h"

namespace tools {

using autograd::Array;
using autograd::Real;

namespace {

const std::pair<Binarization, std::string> names[] = {{Binarization::dynamic, "dynamic"},
                                                      {Binarization::fixed, "static"},
                                                      {Binarization::threshold, "threshold"},
                                                      {Binarization::none, "none"}};

void check_grey(const Array& values) {
  for (const Real *v = values.data(), *end = v + values.size(); v != end; ++v)
    if (!(*v >= 0 && *v <= 1))
      throw Failure(exit_bad_data, "cannot binarize the value " + std::to_string(*v) +
                                       ": grey values are within 0 and 1 (scale the data, or use --binarize none)");
}

// word / 2³² < byte / 255, exactly: since 2³² = 255 · 0x01010101 + 1, that is word <= byte · 0x01010101 unless byte is 0.
Real draw_byte(std::uint32_t word, std::uint8_t byte) { return Real((byte > 0) & (word <= byte * 0x01010101u)); }

// word / 2³² < p
Real draw_float(std::uint32_t word, float p) { return Real(double(word) < double(p) * 0x1p32); }

}  // namespace

Binarization parse_binarization(const std::string& text) {
  for (const auto& [mode, name] : names)
    if (name == text) return mode;
  throw Failure(exit_usage, "unknown binarization '" + text + "': dynamic, static, threshold or none");
}

std::string to_string(Binarization wanted) {
  for (const auto& [mode, name] : names)
    if (mode == wanted) return name;
  return "";
}

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
      std::transform(words.begin(), words.end(), &images.bytes[rows[i] * width], out, draw_byte);
    else
      std::transform(words.begin(), words.end(), &images.floats[rows[i] * width], out, draw_float);
  }
  return x;
}

}  // namespace tools
