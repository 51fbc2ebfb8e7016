// Some of a set of images, as a set or as an Array.
#include "tools/data/images.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace tools {

Images Images::slice(std::size_t first, std::size_t last) const {
  if (first > last || last > count)
    throw std::invalid_argument("[slice] images " + std::to_string(first) + " to " + std::to_string(last) +
                                " of " + std::to_string(count));
  Images s;
  s.count = last - first, s.height = height, s.width = width;
  // A vector that is empty stays empty.
  const auto copy = [&](const auto& from, auto& to, std::size_t each) {
    if (!from.empty()) to.assign(from.begin() + first * each, from.begin() + last * each);
  };
  copy(bytes, s.bytes, pixels());
  copy(floats, s.floats, pixels());
  copy(labels, s.labels, 1);
  copy(factors, s.factors, 1);
  return s;
}

Images Images::take(const ImageIndices& indices) const {
  Images s;
  s.count = indices.size(), s.height = height, s.width = width;
  const auto copy = [&](const auto& from, auto& to, std::size_t each) {
    if (from.empty()) return;
    to.reserve(indices.size() * each);
    for (const std::size_t i : indices)
      to.insert(to.end(), from.begin() + std::ptrdiff_t(i * each),
                from.begin() + std::ptrdiff_t((i + 1) * each));
  };
  copy(bytes, s.bytes, pixels());
  copy(floats, s.floats, pixels());
  copy(labels, s.labels, 1);
  copy(factors, s.factors, 1);
  return s;
}

autograd::Array Images::gather(const ImageIndices& indices) const {
  using autograd::Real;
  const std::size_t width = pixels();
  autograd::Array batch = autograd::empty({indices.size(), width});
  Real* out = batch.data();
  for (const std::size_t i : indices) {
    if (i >= count)
      throw std::invalid_argument("[gather] image " + std::to_string(i) + " of " + std::to_string(count));
    if (floats.empty())
      out = std::transform(&bytes[i * width], &bytes[i * width] + width, out,
                           [](std::uint8_t b) { return Real(b) / 255; });
    else
      out = std::transform(&floats[i * width], &floats[i * width] + width, out,
                           [](float v) { return Real(v); });
  }
  return batch;
}

namespace {

// At most 2,000 of these images, spread over all of them.
ImageIndices spread(const Images& images) {
  const std::size_t count = std::min<std::size_t>(images.count, 2000);
  ImageIndices indices(count);
  for (std::size_t i = 0; i < count; ++i) indices[i] = i * images.count / count;
  return indices;
}

// The sums over images of a pixel and of its square, of each pixel.
struct Moments {
  explicit Moments(const Images& images) : sum(images.pixels()), squares(images.pixels()) {
    const autograd::Array x = images.gather(spread(images));
    count = double(x.shape(0));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double v = std::isnan(x.data()[i]) ? 0 : double(x.data()[i]);
      sum[i % sum.size()] += v, squares[i % sum.size()] += v * v;
    }
  }
  double mean(std::size_t pixel) const { return sum[pixel] / count; }

  double count;
  std::vector<double> sum, squares;
};

}  // namespace

// Σ (m_a − m_b)² / Σ σ² (1/n_a + 1/n_b), sums over pixels, σ² of the images of both
double drift(const Images& a, const Images& b) {
  const Moments A(a), B(b);
  const double n = A.count + B.count;
  double distance = 0, variance = 0;
  for (std::size_t j = 0; j < A.sum.size(); ++j) {
    const double mean = (A.sum[j] + B.sum[j]) / n, difference = A.mean(j) - B.mean(j);
    distance += difference * difference;
    variance += (A.squares[j] + B.squares[j]) / n - mean * mean;
  }
  return distance == 0 ? 0 : distance / (variance * (1 / A.count + 1 / B.count));
}

double grey_share(const Images& images) {
  const autograd::Array x = images.gather(spread(images));
  std::size_t grey = 0;
  for (std::size_t i = 0; i < x.size(); ++i) grey += x.data()[i] > 0 && x.data()[i] < 1;
  return double(grey) / double(x.size());
}

double missing_share(const Images& images) {
  const auto missing =
      std::count_if(images.floats.begin(), images.floats.end(), [](float v) { return std::isnan(v); });
  return images.floats.empty() ? 0 : double(missing) / double(images.floats.size());
}

}  // namespace tools
