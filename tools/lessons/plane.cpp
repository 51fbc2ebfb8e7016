// Draws and densities of the three, and cells of the plane.
#include "tools/lessons/plane.h"

#include <algorithm>
#include <cmath>

namespace tools {

using autograd::Array;
using autograd::Stream;

namespace {

constexpr double pi = 3.14159265358979323846;

// log of the average of N((x, y); (x_k, y_k), s² I) over these centres, x₀, y₀, x₁, …
double log_average_of_normals(double x, double y, const std::vector<double>& centres, double s) {
  const auto squares = [&](std::size_t i) {
    const double dx = x - centres[i], dy = y - centres[i + 1];
    return dx * dx + dy * dy;
  };
  double least = 1e300, sum = 0;
  for (std::size_t i = 0; i < centres.size(); i += 2) least = std::min(least, squares(i));
  for (std::size_t i = 0; i < centres.size(); i += 2) sum += std::exp((least - squares(i)) / (2 * s * s));
  return std::log(sum / double(centres.size() / 2)) - least / (2 * s * s) - std::log(2 * pi * s * s);
}

Array ring_draw(std::size_t n, const Stream& stream) {
  Array x = autograd::normal(stream, {n, 2});
  for (std::size_t i = 0; i < n; ++i) {
    const double length = std::hypot(x(i, 0), x(i, 1));
    for (std::size_t d = 0; d < 2; ++d) x(i, d) *= 0.1 + 1 / length;
  }
  return x;
}

// Two half circles, one upside down in the other, and noise: at angle θ ~ U(0, π) their middles are at
// (cos θ − ½, sin θ − ¼) and (½ − cos θ, ¼ − sin θ).
constexpr double moons_noise = 0.1;

Array moons_draw(std::size_t n, const Stream& stream) {
  Array x = autograd::normal(stream.second(), {n, 2});
  const Array u = autograd::uniform(stream, {n, 2});
  for (std::size_t i = 0; i < n; ++i) {
    const double sign = u(i, 0) < 0.5 ? 1 : -1;
    x(i, 0) = moons_noise * x(i, 0) + sign * (std::cos(pi * u(i, 1)) - 0.5);
    x(i, 1) = moons_noise * x(i, 1) + sign * (std::sin(pi * u(i, 1)) - 0.25);
  }
  return x;
}

// The average over θ by the middles of 100 intervals, which are small against the noise.
double moons_log_density(double x, double y) {
  const int n = 100;
  static const std::vector<double> middles = [] {
    std::vector<double> xy;
    for (int k = 0; k < n; ++k)
      for (const double sign : {1.0, -1.0})
        xy.insert(xy.end(), {sign * (std::cos(pi * (k + 0.5) / n) - 0.5),
                             sign * (std::sin(pi * (k + 0.5) / n) - 0.25)});
    return xy;
  }();
  return log_average_of_normals(x, y, middles, moons_noise);
}

// Eight normals of deviation 0.2 on a circle of radius 2, equally likely.
constexpr double eight_deviation = 0.2;

double eight_x(int k) { return 2 * std::cos(2 * pi * k / 8); }
double eight_y(int k) { return 2 * std::sin(2 * pi * k / 8); }

Array eight_draw(std::size_t n, const Stream& stream) {
  Array x = autograd::normal(stream.second(), {n, 2});
  const Array u = autograd::uniform(stream, {n});
  for (std::size_t i = 0; i < n; ++i) {
    const int k = int(8 * u(i));
    x(i, 0) = eight_x(k) + eight_deviation * x(i, 0);
    x(i, 1) = eight_y(k) + eight_deviation * x(i, 1);
  }
  return x;
}

std::vector<double> eight_centres() {
  std::vector<double> xy;
  for (int k = 0; k < 8; ++k) xy.insert(xy.end(), {eight_x(k), eight_y(k)});
  return xy;
}

double eight_log_density(double x, double y) {
  static const std::vector<double> centres = eight_centres();
  return log_average_of_normals(x, y, centres, eight_deviation);
}

// The square roots, over the largest.
PlainImage as_shades(const std::vector<double>& density) {
  const double most = *std::max_element(density.begin(), density.end());
  PlainImage image;
  for (const double p : density) image.push_back(float(std::sqrt(p / most)));
  return image;
}

}  // namespace

double ring_log_density(double x, double y) {
  const double rho = 10 * (std::hypot(x, y) - 1);
  if (rho <= 0) return -INFINITY;
  return -0.5 * rho * rho - std::log(2 * pi) - std::log(0.1 * (0.1 + 1 / rho));
}

const std::vector<PlaneDensity>& plane_densities() {
  static const std::vector<PlaneDensity> all = {
      {"a ring", ring_draw, ring_log_density, {}},
      {"two moons", moons_draw, moons_log_density, {}},
      {"eight normals", eight_draw, eight_log_density, eight_centres()}};
  return all;
}

std::vector<double> log_density_on_grid(const LogDensity& log_density, std::size_t side) {
  Array x = autograd::empty({side * side, 2});
  for (std::size_t i = 0; i < side * side; ++i) {
    x(i, 0) = plane_width * ((double(i % side) + 0.5) / double(side) - 0.5);
    x(i, 1) = plane_width * (0.5 - (double(i / side) + 0.5) / double(side));
  }
  return log_density(x);
}

double integral_on_grid(const std::vector<double>& log_density) {
  double sum = 0;
  for (const double l : log_density) sum += std::exp(l);
  return sum * plane_width * plane_width / double(log_density.size());
}

PlainImage picture_of_density(const std::vector<double>& log_density) {
  std::vector<double> density;
  for (const double l : log_density) density.push_back(std::exp(l));
  return as_shades(density);
}

PlainImage picture_of_points(const Array& points, std::size_t side) {
  std::vector<double> counts(side * side, 0);
  for (std::size_t i = 0; i < points.shape(0); ++i) {
    const double column = (points(i, 0) / plane_width + 0.5) * double(side),
                 row = (0.5 - points(i, 1) / plane_width) * double(side);
    if (column >= 0 && row >= 0 && column < double(side) && row < double(side))
      ++counts[std::size_t(row) * side + std::size_t(column)];
  }
  return as_shades(counts);
}

}  // namespace tools
