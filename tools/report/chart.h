// Lines over an axis as SVG, which HTML takes in as text: it needs no program to be drawn, and is printed as
// well.
#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tools {

using Points = std::vector<std::pair<double, double>>;

struct Line {
  std::string name;   // in the legend; lines of one name have one entry
  std::size_t color;  // 0, 1, …: of the page's colours, which take turns
  bool dashed = false;
  Points points;                    // from left to right; values that are not finite are gaps
  std::vector<std::string> labels;  // of the points, which then are drawn as dots
};

// The values that an axis spans.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;

  void include(double v);
  void widen();  // a little, and to something if there are no values, or all are alike
  double share(double v) const { return (v - low) / (high - low); }
};

// The beginning of training would leave no room for the rest: the vertical axis spans the values after the
// first tenth of each line, or all of points with labels.
struct Axes {
  Range x, y;
};
Axes axes_of(const std::vector<Line>& lines);

std::string chart(const std::string& title, const std::string& x_axis, const std::vector<Line>& lines);

// Steps of 1, 2 or 5 times a power of ten: so many, or somewhat fewer, between low and high.
std::vector<double> round_numbers(double low, double high, std::size_t most);

// Text for HTML: & < > " escaped.
std::string escaped(const std::string& text);

}  // namespace tools
