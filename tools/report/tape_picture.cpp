// A list of boxes and the arcs beside it.
#include "tools/report/tape_picture.h"

#include <algorithm>
#include <cmath>

#include "tools/report/chart.h"
#include "tools/text.h"

namespace tools {

using namespace autograd;

namespace {

constexpr double row_height = 24, box_height = 20, box_width = 320, picture_width = 430;

double middle_of(std::size_t row) { return row_height * double(row) + box_height / 2 + 2; }

// From a box to another further down, the more to the left the more boxes are between them.
std::string arc(std::size_t from, std::size_t to) {
  const double right = picture_width - box_width,
               reach = std::min(right - 10, 12 * std::sqrt(double(to - from)) + 4);
  return text("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", right, middle_of(from), right - reach,
              middle_of(from), right - reach, middle_of(to), right - 4, middle_of(to));
}

}  // namespace

std::string tape_picture(const Tape& tape, const std::map<const Parameter*, std::string>& names,
                         std::size_t most) {
  const std::size_t count = std::min(most, tape.size());
  std::string arcs, boxes;
  for (std::size_t i = 0; i < count; ++i) {
    const Node& node = tape.node(i);
    const bool given = node.inputs.size() == 0 && !node.needs_gradient;
    std::string label = node.op + std::string(" ") + to_string(node.value->shape());
    if (const auto named = names.find(node.parameter); node.parameter && named != names.end())
      label = named->second + " " + to_string(node.value->shape());
    boxes += text("<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" rx=\"3\"/>",
                  node.parameter ? "node parameter"
                  : given        ? "node given"
                                 : "node",
                  picture_width - box_width, middle_of(i) - box_height / 2, box_width - 2, box_height) +
             text("<text x=\"%.0f\" y=\"%.0f\">", picture_width - box_width + 8, middle_of(i) + 4) +
             escaped(label) + "</text>\n";
    for (const Operand& input : node.inputs)
      if (!input.is_number) arcs += arc(input.var.index(), i);
  }
  const double height = row_height * double(count) + 4;
  return text(
             "<svg class=\"tape\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"the tape\">\n"
             "<path class=\"arcs\" d=\"",
             picture_width, height) +
         arcs + "\"/>\n" + boxes + "</svg>\n";
}

}  // namespace tools
