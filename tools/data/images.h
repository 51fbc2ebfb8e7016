// Images: a set of grey images of one size, with what is known about each of them.
//
// Pixels keep the type of their file, because a data set of bytes takes a quarter of the memory of floats and
// because a byte's grey value, byte / 255, can be binarized exactly. A batch becomes an Array only when it is
// gathered.
//
// Next: binarize.h turns rows of them into what a model sees; dataset.h says where they come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/array.h"

namespace tools {

// What a drawn shape was drawn from (see shapes.h): its centre and radius in pixels, its angle in radians.
struct Factors {
  float x, y, radius, angle;
};

struct Images {
  std::size_t count = 0, height = 0, width = 0;

  // [count, height·width] row-major; exactly one of the two is filled, floats only from an .npy file of
  // floats.
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;

  // One per image, or empty where unknown. Of the built-in shapes the label is the kind.
  std::vector<std::uint8_t> labels;
  std::vector<Factors> factors;

  std::size_t pixels() const { return height * width; }

  // A copy of images first … last−1.
  Images slice(std::size_t first, std::size_t last) const;

  // -> [rows.size(), height·width]; bytes as byte / 255, floats as they are. Throws std::invalid_argument
  // past the last row.
  autograd::Array gather(const std::vector<std::size_t>& rows) const;
};

}  // namespace tools
