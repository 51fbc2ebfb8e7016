// Axes, lines and a legend.
#include "tools/report/chart.h"

#include <algorithm>
#include <cmath>

#include "tools/text.h"

namespace tools {

namespace {

constexpr double width = 640, height = 320, left = 64, right = 12, top = 34, bottom = 42;

std::string number(double v) { return text("%.6g", v); }

}  // namespace

void Range::include(double v) {
  if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
}

void Range::widen() {
  if (!(low <= high)) low = 0, high = 1;
  const double more = high > low ? 0.04 * (high - low) : 0.5 * std::max(1e-9, std::abs(high));
  low -= more, high += more;
}

Axes axes_of(const std::vector<Line>& lines) {
  Axes axes;
  bool labelled = false;
  for (const Line& line : lines) {
    labelled = labelled || !line.labels.empty();
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      axes.x.include(line.points[i].first);
      if (i >= line.points.size() / 10 || !line.labels.empty()) axes.y.include(line.points[i].second);
    }
  }
  axes.y.widen();
  if (labelled || !(axes.x.low < axes.x.high)) axes.x.widen();
  if (labelled) axes.y.widen(), axes.x.high += 0.12 * (axes.x.high - axes.x.low);  // room for the labels
  return axes;
}

std::vector<double> round_numbers(double low, double high, std::size_t most) {
  const double least = (high - low) / double(std::max<std::size_t>(1, most));
  const double power = std::pow(10, std::floor(std::log10(least)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * power >= least * (1 - 1e-9)) step = factor * power;
  std::vector<double> numbers;
  const double first = std::ceil(low / step);
  for (std::size_t i = 0; i < most + 2 && (first + double(i)) * step <= high * (1 + 1e-12) + 1e-300; ++i)
    numbers.push_back((first + double(i)) * step);
  return numbers;
}

std::string escaped(const std::string& in) {
  std::string out;
  for (const char c : in)
    out += c == '&'   ? "&amp;"
           : c == '<' ? "&lt;"
           : c == '>' ? "&gt;"
           : c == '"' ? "&quot;"
                      : std::string(1, c);
  return out;
}

std::string chart(const std::string& title, const std::string& x_axis, const std::vector<Line>& lines) {
  const auto [x, y] = axes_of(lines);
  const auto at_x = [&, x = x](double v) { return left + x.share(v) * (width - left - right); };
  const auto at_y = [&, y = y](double v) { return height - bottom - y.share(v) * (height - top - bottom); };

  // The axes, with round numbers.
  std::string svg = text("<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", width, height) +
                    escaped(title) + "\">\n<text class=\"title\" x=\"" + number(left) + "\" y=\"20\">" +
                    escaped(title) + "</text>\n";
  for (const double v : round_numbers(y.low, y.high, 6))
    svg += text(
        "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
        "text-anchor=\"end\">%s</text>\n",
        left, at_y(v), width - right, left - 6, at_y(v) + 4, number(v).c_str());
  const bool whole = std::all_of(lines.begin(), lines.end(), [](const Line& line) {
    return std::all_of(line.points.begin(), line.points.end(),
                       [](const auto& point) { return point.first == std::floor(point.first); });
  });  // epochs, which have no halves
  for (const double v :
       round_numbers(x.low, x.high, whole ? std::min<std::size_t>(8, std::size_t(x.high - x.low)) : 8))
    svg += text(
        "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
        "text-anchor=\"middle\">%s</text>\n",
        at_x(v), top, height - bottom, at_x(v), height - bottom + 16, number(v).c_str());
  svg += text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", (left + width - right) / 2, height - 8) +
         escaped(x_axis) + "</text>\n";

  // The lines, within the frame.
  svg += text("<svg x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" viewBox=\"%g %g %g %g\">\n", left, top,
              width - left - right, height - top - bottom, left, top, width - left - right,
              height - top - bottom);
  for (const Line& line : lines) {
    std::string path;
    bool drawing = false;
    for (const auto& [u, v] : line.points) {
      const bool there = std::isfinite(u) && std::isfinite(v);
      if (there)
        path += text(drawing ? "L%.1f %.1f" : "M%.1f %.1fh0", at_x(u), std::clamp(at_y(v), -1e5, 1e5));
      drawing = there;
    }
    svg += "<path class=\"line c" + std::to_string(line.color % 6) + (line.dashed ? " dashed" : "") +
           "\" d=\"" + path + "\"><title>" + escaped(line.name) + "</title></path>\n";
    for (std::size_t i = 0; i < std::min(line.labels.size(), line.points.size()); ++i)
      if (const auto& [u, v] = line.points[i]; std::isfinite(u) && std::isfinite(v))
        svg += text("<circle class=\"point c%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", line.color % 6, at_x(u),
                    at_y(v)) +
               text("<text x=\"%.1f\" y=\"%.1f\">", at_x(u) + 7, at_y(v) - 6) + escaped(line.labels[i]) +
               "</text>\n";
  }
  svg += "</svg>\n</svg>\n";

  // The legend.
  std::string legend;
  std::vector<std::string> named;
  for (const Line& line : lines) {
    if (std::count(named.begin(), named.end(), line.name)) continue;
    named.push_back(line.name);
    legend += "<span class=\"key c" + std::to_string(line.color % 6) + (line.dashed ? " dashed" : "") +
              "\">" + escaped(line.name) + "</span> ";
  }
  return "<figure class=\"chart\">" + svg + "<figcaption>" + legend + "</figcaption></figure>\n";
}

}  // namespace tools
