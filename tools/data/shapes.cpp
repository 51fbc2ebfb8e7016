// Draws a shape by testing points. A shape is a function f(u, v) that is <= 0 inside, in coordinates that
// turn with its angle and in which its disc is the unit disc. A pixel's grey value is the fraction of a grid
// of points in it that lie inside.
#include "tools/data/shapes.h"

#include <algorithm>
#include <cmath>

namespace tools {

namespace {

constexpr int side = 28;                             // pixels
constexpr int grid = 4;                              // grid × grid points in each pixel
constexpr float least_radius = 5, most_radius = 10;  // pixels
constexpr float full_turn = 6.2831853f;

// max(|u|, |v|) = 1/√2, which has its corners on the unit circle
float square_outline(float u, float v) { return std::max(std::abs(u), std::abs(v)) - 0.70710678f; }

// u² + (v / 0.55)² = 1
float ellipse_outline(float u, float v) { return u * u + v * v / (0.55f * 0.55f) - 1; }

// The heart curve x² + (5y/4 − √|x|)² = 1: a circle whose points are moved up by the root of their distance
// to the axis. The smallest disc around it has the centre (0, 0.37) and the radius 1.17.
float heart_outline(float u, float v) {
  const float x = 1.17f * u, y = 1.17f * v + 0.37f;
  const float t = 1.25f * y - std::sqrt(std::abs(x));
  return x * x + t * t - 1;
}

float outline(int kind, float u, float v) {
  switch (kind) {
    case square:
      return square_outline(u, v);
    case ellipse:
      return ellipse_outline(u, v);
    default:
      return heart_outline(u, v);
  }
}

// Draws one image, [side, side], whose pixels are 0 before.
void draw(int kind, const Factors& f, std::uint8_t* image) {
  const float cosine = std::cos(f.angle) / f.radius, sine = std::sin(f.angle) / f.radius;
  const auto inside = [&](float x, float y) {
    const float dx = x - f.x, dy = f.y - y;  // v points up, rows go down
    return outline(kind, cosine * dx + sine * dy, cosine * dy - sine * dx) <= 0;
  };

  // Visit the pixels that the shape's disc can touch, and count the points inside.
  const int left = int(f.x - f.radius), right = std::min(side - 1, int(f.x + f.radius));
  const int top = int(f.y - f.radius), bottom = std::min(side - 1, int(f.y + f.radius));
  for (int row = top; row <= bottom; ++row)
    for (int column = left; column <= right; ++column) {
      int hits = 0;
      for (int point = 0; point < grid * grid; ++point)
        hits += inside(column + (point % grid + 0.5f) / grid, row + (point / grid + 0.5f) / grid);
      image[row * side + column] = std::uint8_t(255 * hits / (grid * grid));
    }
}

float between(float low, float high, autograd::Real t) { return low + float(t) * (high - low); }

// Images of so many frames under each other, still black.
Images frames(std::size_t count, std::size_t frames_of_each) {
  Images images;
  images.count = count, images.height = frames_of_each * side, images.width = side;
  images.bytes.resize(count * images.pixels());
  return images;
}

}  // namespace

Images draw_shapes(std::size_t count, const autograd::Stream& stream) {
  // Draw the five factors of each image.
  const autograd::Array random = autograd::uniform(stream.at(autograd::Purpose::drawing), {count, 5});
  Images images = frames(count, 1);

  // Scale them to their ranges, and draw the shape.
  for (std::size_t i = 0; i < count; ++i) {
    const autograd::Real* u = random.data() + 5 * i;
    const int kind = int(3 * u[0]);
    const Factors factors = {between(most_radius, side - most_radius, u[1]),
                             between(most_radius, side - most_radius, u[2]),
                             between(least_radius, most_radius, u[3]), full_turn * float(u[4])};
    draw(kind, factors, &images.bytes[i * images.pixels()]);
    images.labels.push_back(std::uint8_t(kind));
    images.factors.push_back(factors);
  }
  return images;
}

Images draw_moving_shapes(std::size_t count, const autograd::Stream& stream) {
  // Draw the five factors of each image, and where its shape goes.
  const autograd::Array random = autograd::uniform(stream.at(autograd::Purpose::drawing), {count, 6});
  Images images = frames(count, 2);
  constexpr float largest = 7, step = 5;  // pixels
  constexpr float right[] = {step, 0, -step, 0}, down[] = {0, -step, 0, step};
  for (std::size_t i = 0; i < count; ++i) {
    const autograd::Real* u = random.data() + 6 * i;
    const int kind = int(3 * u[0]), direction = int(4 * u[5]);
    const float margin = largest + step;
    Factors factors = {between(margin, side - margin, u[1]), between(margin, side - margin, u[2]),
                       between(4, largest, u[3]), full_turn * float(u[4])};
    images.labels.push_back(std::uint8_t(kind));
    images.factors.push_back(factors);
    std::uint8_t* frame = &images.bytes[i * images.pixels()];
    draw(kind, factors, frame);
    factors.x += right[direction], factors.y += down[direction];
    draw(kind, factors, frame + side * side);
  }
  return images;
}

}  // namespace tools
