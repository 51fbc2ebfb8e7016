// Lines over an axis as SVG, which HTML takes in as text: it needs no program to be drawn, and is printed as
// well.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tools {

struct Line {
  std::string name;   // in the legend; lines of one name have one entry
  std::size_t color;  // 0, 1, …: of the page's colours, which take turns
  bool dashed = false;
  std::vector<std::pair<double, double>> points;  // from left to right; values that are not finite are gaps
};

// The beginning of training would leave no room for the rest: the vertical axis spans the values after the
// first tenth of each line.
std::string chart(const std::string& title, const std::string& x_axis, const std::vector<Line>& lines);

// Steps of 1, 2 or 5 times a power of ten: so many, or somewhat fewer, between low and high.
std::vector<double> round_numbers(double low, double high, std::size_t most);

// Text for HTML: & < > " escaped.
std::string escaped(const std::string& text);

}  // namespace tools
