// Columns of sheets over a chart.
#include "tools/report/overview.h"

#include <algorithm>
#include <cmath>

#include "tools/config/choices.h"
#include "tools/report/canvas.h"
#include "tools/report/curves.h"
#include "tools/run/pictures.h"
#include "tools/text.h"

namespace tools {

namespace {

constexpr std::uint8_t ground = 24, faint = 70, ink = 225;
constexpr std::size_t heading = 24, chart_height = 220, least_width = 520;

// Of the lines of each run, and of its name.
std::uint8_t shade_of(std::size_t run) { return std::uint8_t(255 - 27 * std::min<std::size_t>(run, 5)); }

// The lines within a frame of this width, with round numbers beside it.
void draw_chart(Canvas& canvas, const std::vector<Line>& lines, std::size_t top) {
  const double left = 80, right = double(canvas.image.width) - 20, high = double(top) + 30,
               low = double(top + chart_height) - 30;
  const auto [x_axis, y_axis] = axes_of(lines);
  const auto at_x = [&, x = x_axis](double v) { return left + x.share(v) * (right - left); };
  const auto at_y = [&, y = y_axis](double v) { return low - y.share(v) * (low - high); };
  canvas.words("bound, nats per image, over epochs, training dashed", long(left), long(top) + 10, ink);
  for (const double v : round_numbers(y_axis.low, y_axis.high, 4)) {
    const std::string number = text("%.6g", v);
    canvas.line(left, at_y(v), right, at_y(v), faint);
    canvas.words(number, long(left) - letter_width * long(number.size() + 1), long(at_y(v)) - 4, ink);
  }
  for (const double v : round_numbers(x_axis.low, x_axis.high, 6))
    if (v == std::floor(v)) canvas.words(text("%g", v), long(at_x(v)), long(low) + 12, ink);
  for (const Line& line : lines) {
    const std::uint8_t shade = shade_of(line.color);
    for (const auto& [x, y] : line.points)
      if (line.points.size() == 1 && std::isfinite(x + y)) canvas.dot(long(at_x(x)), long(at_y(y)), shade);
    for (std::size_t i = 0; i + 1 < line.points.size(); ++i) {
      const auto& [x0, y0] = line.points[i];
      const auto& [x1, y1] = line.points[i + 1];
      if (std::isfinite(x0 + y0) && std::isfinite(x1 + y1))
        canvas.line(at_x(x0), std::min(low, at_y(y0)), at_x(x1), std::min(low, at_y(y1)), shade, line.dashed);
    }
  }
}

}  // namespace

GreyImage overview(const std::vector<ReportedRun>& runs) {
  // Draw the sheets of each run, and find how much room they take.
  struct Sheets {
    std::string name;
    std::vector<std::pair<std::string, GreyImage>> pictures;
  };
  std::vector<Sheets> columns;
  std::size_t width = 0, height = 0;
  for (const ReportedRun& run : runs) {
    if (columns.size() == 6) break;
    const Experiment& e = run.experiment;
    SampleOptions some;
    some.count = e.conditioning.size() > 0 ? 0 : 32;  // of what conditions them, all rows
    const bool completes = condition_named(e.config.condition) == ConditionKind::upper_half;
    Sheets sheets = {run.name, {{completes ? "completions" : "samples", sample_sheet(e, some)}}};
    if (e.data.test.count > 0)
      sheets.pictures.push_back({"test images, under each its reconstruction", reconstruction_sheet(e, 16)});
    std::size_t wide = least_width, tall = heading;
    for (const auto& [what, picture] : sheets.pictures)
      wide = std::max(wide, picture.width), tall += heading + picture.height;
    width += wide, height = std::max(height, tall);
    columns.push_back(std::move(sheets));
  }

  // Put them side by side, over the chart.
  Canvas canvas(width, height + chart_height, ground);
  std::size_t left = 0, number = 0;
  for (const Sheets& sheets : columns) {
    std::size_t top = heading, wide = least_width;
    canvas.words(sheets.name, long(left) + 6, 8, shade_of(number++));
    for (const auto& [what, picture] : sheets.pictures) {
      canvas.words(what, long(left) + 6, long(top) + 8, ink);
      canvas.paste(picture, left, top + heading);
      top += heading + picture.height, wide = std::max(wide, picture.width);
    }
    left += wide;
  }
  draw_chart(canvas, bound_over_epochs(runs), height);
  return canvas.image;
}

}  // namespace tools
