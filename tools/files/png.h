// Grey images: contact sheets of samples and reconstructions, written as PNG.
//
// Reconstructions under their originals are a sheet too: the caller interleaves the rows (a row of originals,
// then the row of their reconstructions).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "autograd/array.h"

namespace tools {

// Row by row from the top; 0 is black, 255 white.
struct GreyImage {
  std::size_t width, height;
  std::vector<std::uint8_t> pixels;
};

// images: [N, height·width], values in [0,1] (others are clamped, NaN is mid-grey)  ->  the N images in
// reading order, `columns` in a row, with a separator between and around them. Small images are enlarged by a
// whole factor: 28×28 is shown as 84×84.
GreyImage sheet(const autograd::Array& images, std::size_t height, std::size_t width, std::size_t columns);

// Failures are those of atomic_file.h; 73 (exit_cannot_create) also if libpng refuses the image, for example
// as too wide.
void write_png(const std::filesystem::path& path, const GreyImage& image);

}  // namespace tools
