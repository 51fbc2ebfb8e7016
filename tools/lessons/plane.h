// Distributions in the plane whose densities are known, for lessons on learning them: a ring, two moons, and
// eight normals. And pictures of the plane.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/random.h"
#include "tools/lessons/example_images.h"

namespace tools {

struct PlaneDensity {
  const char* name;
  autograd::Array (*draw)(std::size_t n, const autograd::Stream& stream);  // n points   [n,2]
  double (*log_density)(double x, double y);                               // nats
  std::vector<double> centres;  // x₁, y₁, x₂, y₂, … of normals of deviation 0.2, where it is made of them
};

// Each with mean 0 or nearly so, within the square of |x|, |y| < plane_width / 2.
const std::vector<PlaneDensity>& plane_densities();
constexpr double plane_width = 6;

// x = z/10 + z/‖z‖ of z ~ N(0, I), the first of them: at radius r > 1, ρ = 10 (r − 1) is the length of z, and
//
//     p(x) = N(z; 0, I) / [ 1/10 (1/10 + 1/ρ) ]
double ring_log_density(double x, double y);

// log p at the middle of each of side × side cells, row by row from the top.
using LogDensity = std::function<std::vector<double>(const autograd::Array& x)>;  // [n,2] -> n
std::vector<double> log_density_on_grid(const LogDensity& log_density, std::size_t side);

// Σ over the cells of e^(log p) times their area: 1 of a density, where the cells are small enough.
double integral_on_grid(const std::vector<double>& log_density);

// White where the density is highest; the square root makes the thin parts visible.
PlainImage picture_of_density(const std::vector<double>& log_density);

// The same of how many points, [n,2], fall into each cell.
PlainImage picture_of_points(const autograd::Array& points, std::size_t side);

}  // namespace tools
