// Quadrature for the densities of the table (tools/gradcheck/densities_table.h): nodes x and weights with
// which the expectation of a function over one datum is ∫ p(x) f(x) dx = Σ weight p(x) f(x), or a sum over
// all values.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/autograd/arrays.h"
#include "tools/gradcheck/densities_table.h"

namespace quadrature {

using namespace nn;

struct Nodes {
  std::vector<Real> x;  // one event after the other
  std::vector<double> weight;
};

// Double-exponential quadrature (Takahasi & Mori 1974) between a and b. If one of them is infinite, `scale`
// is the length over which the density varies.
inline void add_piece(Nodes& nodes, double a, double b, double scale) {
  const double step = 1.0 / 16;
  for (int i = -88; i <= 88; ++i) {
    const double t = i * step, half_pi = M_PI / 2;
    double x, weight;
    if (std::isinf(a) || std::isinf(b)) {  // distance = scale exp(π/2 sinh t)
      const double distance = scale * std::exp(half_pi * std::sinh(t));
      x = std::isinf(b) ? a + distance : b - distance;
      weight = step * distance * half_pi * std::cosh(t);
    } else {  // x = (a + b)/2 + (b − a)/2 tanh(π/2 sinh t)
      const double e = std::exp(-2 * half_pi * std::abs(std::sinh(t))),
                   near = (b - a) * e / (1 + e);  // distance to the nearer end
      x = t < 0 ? a + near : b - near;
      weight = step * near / (1 + e) * 2 * half_pi * std::cosh(t);
    }
    if (x <= a || x >= b) continue;  // rounded to an end
    nodes.x.push_back(x);
    nodes.weight.push_back(weight);
  }
}

inline Nodes pieces(std::vector<double> breaks, double scale) {
  Nodes nodes;
  std::sort(breaks.begin(), breaks.end());
  if (std::isinf(breaks.front()) && std::isinf(breaks.back()) && breaks.size() == 2)
    breaks.insert(breaks.begin() + 1, 0.0);
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i)
    if (breaks[i] < breaks[i + 1]) add_piece(nodes, breaks[i], breaks[i + 1], scale);
  return nodes;
}

inline Shape shape_of(std::size_t rows, const Shape& event) {
  Shape shape = {rows};
  shape.insert(shape.end(), event.begin(), event.end());
  return shape;
}

// Constructor's arguments of so many data, from normal numbers that are different for each `which`.
inline Vars arguments_of(const DensityEntry& e, std::size_t rows, std::uint32_t which) {
  Vars numbers;
  for (const Shape& shape : e.shapes(shape_of(rows, e.event)))
    numbers.push_back(
        constant(normal(Stream().at_epoch(which).at_level(std::uint32_t(numbers.size())), shape)));
  return e.arguments(numbers);
}

// The arguments of one datum, repeated for so many data.
inline Vars repeated(const Vars& arguments, std::size_t rows) {
  Vars all;
  for (const Var& v : arguments) {
    Shape shape = v.shape();
    shape[0] = rows;
    all.push_back(broadcast_to(v, shape));
  }
  return all;
}

inline std::vector<double> numbers_of(const Vars& arguments) {
  std::vector<double> all;
  for (const Var& v : arguments)
    for (const Real number : values_of(v.value())) all.push_back(number);
  return all;
}

// The data with these numbers.   [n, event…]
inline Var events(const DensityEntry& e, const std::vector<Real>& x) {
  return constant(array(shape_of(x.size() / element_count(e.event), e.event), x));
}

// Nodes for the whole support. Where it is an interval, the pieces are cut at `more`, too.
inline Nodes nodes_of(const DensityEntry& e, const Vars& arguments, const std::vector<double>& more = {}) {
  Nodes nodes;
  // An interval, in pieces.
  if (e.breaks) {
    std::vector<double> breaks = e.breaks(numbers_of(arguments));
    const double low = breaks.front(), high = breaks.back();
    for (const double at : more)
      if (low < at && at < high) breaks.push_back(at);
    return pieces(breaks, e.variance ? std::sqrt(e.variance(arguments).value().data()[0]) : 1);
  }
  // All values of a discrete density.
  for (const std::vector<Real>& x : e.outcomes) {
    nodes.x.insert(nodes.x.end(), x.begin(), x.end());
    nodes.weight.push_back(1);
  }
  if (!e.plane) return nodes;

  // The plane, by the trapezoidal rule, which is exact to rounding for what vanishes at the ends.
  const int n = 120;
  const double reach = 36, step = 2 * reach / n;
  std::vector<Real> uv;
  for (int i = 0; i <= n; ++i)
    for (int j = 0; j <= n; ++j) uv.push_back(i * step - reach), uv.push_back(j * step - reach);
  const auto [x, log_volume] = e.plane(arguments, constant(array({uv.size() / 2, 2}, uv)));
  nodes.x = values_of(x.value());
  for (const Real v : values_of(log_volume.value())) nodes.weight.push_back(step * step * std::exp(v));
  return nodes;
}

// log p of these numbers, for one datum's arguments.
inline std::vector<Real> log_probs(const DensityEntry& e, const Vars& arguments, const std::vector<Real>& x) {
  const Var at = events(e, x);
  return values_of(e.log_prob(repeated(arguments, at.rows()), at).value());
}

inline const DensityEntry& density_named(const std::vector<DensityEntry>& all, const std::string& name) {
  return *std::find_if(all.begin(), all.end(), [&](const DensityEntry& e) { return e.name == name; });
}

}  // namespace quadrature
