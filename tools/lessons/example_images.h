// Images for lessons: clothes (Debian's package dataset-fashion-mnist) where they are installed, else the
// built-in shapes. The lessons are in double and the readers in float, so plain numbers pass between them.
#pragma once

#include <string>
#include <vector>

#include "tools/files/png.h"

namespace tools {

using PlainImage = std::vector<float>;  // 28 × 28 from 0 to 1, row by row

// The first `count` images for training, and `from` where they come.
std::vector<PlainImage> example_images(std::size_t count, std::string& from);

// The images in reading order, `columns` in a row; side × side pixels each.
GreyImage sheet_of(const std::vector<PlainImage>& images, std::size_t columns, std::size_t side = 28);

}  // namespace tools
