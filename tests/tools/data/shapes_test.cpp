// The built-in data set, seen from its pixels: areas, centres and symmetries that geometry gives.
#include "tools/data/shapes.h"

#include <algorithm>
#include <cmath>

#include "tests/catch.h"

using tools::draw_shapes;
using tools::Images;

namespace {

// The sums of the grey values of image i, alone and times the pixel's place.
struct Moments {
  double area = 0, x = 0, y = 0;
};

Moments moments(const Images& images, std::size_t i) {
  Moments m;
  for (std::size_t p = 0; p < images.pixels(); ++p) {
    const double grey = images.bytes[i * images.pixels() + p] / 255.0;
    m.area += grey, m.x += grey * (p % images.width + 0.5), m.y += grey * (p / images.width + 0.5);
  }
  m.x /= m.area, m.y /= m.area;
  return m;
}

const Images& thousand() {
  static const Images images = draw_shapes(1000, autograd::Stream());
  return images;
}

}  // namespace

TEST_CASE("shapes: as many images of 28 x 28 bytes as asked for, with labels and factors") {
  const Images& images = thousand();
  CHECK(images.count == 1000);
  CHECK(images.height == 28);
  CHECK(images.width == 28);
  CHECK(images.bytes.size() == 784000);
  CHECK(images.labels.size() == 1000);
  CHECK(images.factors.size() == 1000);
}

TEST_CASE("shapes: the first images do not depend on how many are drawn") {
  const Images few = draw_shapes(10, autograd::Stream());
  CHECK(std::equal(few.bytes.begin(), few.bytes.end(), thousand().bytes.begin()));
}

TEST_CASE("shapes: another seed draws other images") {
  autograd::Stream other;
  other.seed = 2;
  CHECK(draw_shapes(10, other).bytes != draw_shapes(10, autograd::Stream()).bytes);
}

TEST_CASE("shapes: every kind is as frequent as the others") {
  for (const int kind : {tools::square, tools::ellipse, tools::heart}) {
    const auto count = std::count(thousand().labels.begin(), thousand().labels.end(), kind);
    CHECK(std::abs(double(count) - 1000 / 3.0) < 4 * std::sqrt(1000 * (1 / 3.0) * (2 / 3.0)));
  }
}

TEST_CASE("shapes: factors fill their ranges and stay in them") {
  const Images& images = thousand();
  const auto range = [&](float tools::Factors::*factor) {
    const auto [low, high] =
        std::minmax_element(images.factors.begin(), images.factors.end(),
                            [=](const auto& a, const auto& b) { return a.*factor < b.*factor; });
    return std::pair<float, float>((*low).*factor, (*high).*factor);
  };
  const auto fills = [](std::pair<float, float> r, double low, double high) {
    const double margin = 0.02 * (high - low);
    return r.first >= low && r.first < low + margin && r.second <= high && r.second > high - margin;
  };
  CHECK(fills(range(&tools::Factors::x), 10, 18));
  CHECK(fills(range(&tools::Factors::y), 10, 18));
  CHECK(fills(range(&tools::Factors::radius), 5, 10));
  CHECK(fills(range(&tools::Factors::angle), 0, 2 * M_PI));
}

TEST_CASE("shapes: no shape leaves its disc, nor the frame") {
  const Images& images = thousand();
  std::size_t outside = 0;
  for (std::size_t i = 0; i < images.count; ++i)
    for (std::size_t p = 0; p < 784; ++p) {
      const double half_diagonal = std::sqrt(0.5);
      const double distance =
          std::hypot(p % 28 + 0.5 - images.factors[i].x, p / 28 + 0.5 - images.factors[i].y);
      outside += distance > images.factors[i].radius + half_diagonal && images.bytes[784 * i + p] > 0;
    }
  CHECK(outside == 0);
}

// In units of its disc's radius a square has area 2 and the ellipse 0.55 π. The heart is the unit circle
// with its points moved up, which keeps its area π, scaled by 4/5 in y and by 1/1.17.
TEST_CASE("shapes: areas") {
  const double in_disc[] = {2, 0.55 * M_PI, 0.8 * M_PI / (1.17 * 1.17)};
  const Images& images = thousand();
  double worst = 0;
  for (std::size_t i = 0; i < images.count; ++i) {
    const double radius = images.factors[i].radius, area = in_disc[images.labels[i]] * radius * radius;
    worst = std::max(worst, std::abs(moments(images, i).area - area) / area);
  }
  CHECK(worst < 0.06);
}

TEST_CASE("shapes: squares and ellipses are centred on x and y") {
  const Images& images = thousand();
  double worst = 0;
  for (std::size_t i = 0; i < images.count; ++i)
    if (images.labels[i] != tools::heart) {
      const Moments m = moments(images, i);
      worst = std::max({worst, std::abs(m.x - images.factors[i].x), std::abs(m.y - images.factors[i].y)});
    }
  CHECK(worst < 0.1);
}

// The heart is symmetric about its axis, which at angle 0 points up the image and turns counter-clockwise
// with the angle. Its centre of mass is off the centre of its disc, along that axis.
TEST_CASE("shapes: hearts turn with their angle") {
  const Images& images = thousand();
  double worst_aside = 0, least_along = 1e9, most_along = -1e9;
  for (std::size_t i = 0; i < images.count; ++i)
    if (images.labels[i] == tools::heart) {
      const Moments m = moments(images, i);
      const double right = (m.x - images.factors[i].x) / images.factors[i].radius;
      const double up = (images.factors[i].y - m.y) / images.factors[i].radius;
      const double sine = std::sin(images.factors[i].angle), cosine = std::cos(images.factors[i].angle);
      worst_aside = std::max(worst_aside, std::abs(right * cosine + up * sine));
      least_along = std::min(least_along, up * cosine - right * sine);
      most_along = std::max(most_along, up * cosine - right * sine);
    }
  // The circle's centre of mass is pushed up by the mean of √|x| over it, which is (4/π) ∫₀¹ √x √(1−x²) dx =
  // 0.610.
  const double expected = (0.8 * 0.610 - 0.37) / 1.17;
  CHECK(worst_aside < 0.02);
  CHECK(least_along > expected - 0.02);
  CHECK(most_along < expected + 0.02);
}

TEST_CASE("shapes: edges are grey, insides white") {
  const std::vector<std::uint8_t>& bytes = thousand().bytes;
  const double lit = double(bytes.size() - std::count(bytes.begin(), bytes.end(), 0));
  const double white = double(std::count(bytes.begin(), bytes.end(), 255));
  CHECK(white / lit > 0.6);
  CHECK(white / lit < 0.9);
}
