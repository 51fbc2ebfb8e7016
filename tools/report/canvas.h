// Drawing on a grey picture: other pictures, lines, and words in capitals.
#pragma once

#include <string>

#include "tools/files/png.h"

namespace tools {

struct Canvas {
  GreyImage image;

  Canvas(std::size_t width, std::size_t height, std::uint8_t shade)
      : image{width, height, std::vector<std::uint8_t>(width * height, shade)} {}

  // What lies outside is not drawn.
  void dot(long x, long y, std::uint8_t shade);
  void paste(const GreyImage& picture, std::size_t left, std::size_t top);
  void line(double x0, double y0, double x1, double y1, std::uint8_t shade, bool dashed = false);
  void words(const std::string& text, long left, long top, std::uint8_t shade);
};

constexpr long letter_width = 8, letter_height = 10;  // with the space after it; without

}  // namespace tools
