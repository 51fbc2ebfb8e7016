// Grey images as PNG files, and contact sheets of many small ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "autograd/array.h"

namespace tools {

// Row by row from the top; 0 is black, 255 white.
struct GreyImage {
  std::size_t width, height;
  std::vector<std::uint8_t> pixels;
};

// The N images in reading order, `columns` in a row, with separators between and around them; small images
// are enlarged by a whole factor, 28×28 to 84×84. images: [N, height·width], values in [0,1]; others are
// clamped, and NaN is a checkerboard. std::invalid_argument for another shape.
GreyImage sheet(const autograd::Array& images, std::size_t height, std::size_t width, std::size_t columns);

// Reads a PNG file of at most 4096 × 4096 pixels; colours become grey, and what is transparent black. Failure
// 65 or 66.
GreyImage read_png(const std::string& path);

// The bytes of a PNG file. Fails as the next, but for writing.
std::string to_png(const GreyImage& image);

// Writes as write_output does (atomic_file.h), and fails as it does, and with 73 (exit_cannot_create) if
// libpng refuses the image, for example because it is too wide. std::invalid_argument if the pixels are not
// width × height.
void write_png(const std::filesystem::path& path, const GreyImage& image);

}  // namespace tools
