// A set of grey images of one size, with what is known about each of them.
//
// Pixels keep the type of their file, because a data set of bytes takes a quarter of the memory of floats and
// because a byte's grey value, byte / 255, can be binarized exactly. `gather` makes an Array of a batch.
//
// Next: binarize.h makes a model's input of them; dataset.h says where they come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/array.h"

namespace tools {

// The factors of variation of a built-in shape (shapes.h): centre and radius in pixels, angle in radians.
struct Factors {
  float x, y, radius, angle;
};

// The values that are black and white in a file of floats; a model's input is 0 and 1 there.
struct GreyScale {
  double black = 0, white = 1;
  float operator()(double value) const { return float((value - black) / (white - black)); }
};

using ImageIndices = std::vector<std::size_t>;

struct Images {
  std::size_t count = 0, height = 0, width = 0;

  // [count, height·width] row-major. Exactly one of the two is filled: floats from an .npy file of floats,
  // NaN where a pixel is missing, else bytes.
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;

  // One per image, or empty where unknown. The label of a built-in shape is its kind.
  std::vector<std::uint8_t> labels;
  std::vector<Factors> factors;

  std::size_t pixels() const { return height * width; }

  // A copy of images first … last−1.
  Images slice(std::size_t first, std::size_t last) const;

  // These images, in this order.
  Images take(const ImageIndices& indices) const;

  // These images as [n, height·width]: bytes as byte / 255, floats as they are. std::invalid_argument for an
  // index past the last image.
  autograd::Array gather(const ImageIndices& indices) const;
};

// How far the mean image of `b` is from that of `a`, by pixel: the square of the distance over what it is on
// average if both are drawn alike, so about 1 if they are, and more if they are of different classes. A
// missing pixel counts as black.
double drift(const Images& a, const Images& b);

// The share of the pixels of these images that are neither black nor white, neither 0 nor 1.
double grey_share(const Images& images);

double missing_share(const Images& images);  // the share of the pixels that are NaN

}  // namespace tools
