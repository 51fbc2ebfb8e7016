// The drawing of a small tape.
#include "tools/report/tape_picture.h"

#include <algorithm>

#include "autograd/ops.h"
#include "tests/catch.h"

using namespace autograd;
using namespace tools;

TEST_CASE("tape picture: nodes in order with their shapes, parameters by name, and an arc per operand",
          "[report]") {
  const Parameter w(full({2, 3}, 1));
  Tape tape;
  const Var x = constant(full({2, 3}, 2));
  sum(x * w + 1);
  const std::string svg = tape_picture(tape, {{&w, "a.weight"}}, 100);
  const auto at = [&](const std::string& part) {
    INFO(part);
    REQUIRE(svg.find(part) != std::string::npos);
    return svg.find(part);
  };
  CHECK(at(">constant [2,3]<") < at(">a.weight [2,3]<"));
  CHECK(at(">a.weight [2,3]<") < at(">mul [2,3]<"));
  CHECK(at(">mul [2,3]<") < at(">add [2,3]<"));
  at("class=\"node parameter\""), at("class=\"node given\"");
  const std::string arcs = svg.substr(at("class=\"arcs\""), at("<rect") - at("class=\"arcs\""));
  std::size_t operands = 0;
  for (std::size_t i = 0; i < tape.size(); ++i)
    for (const Operand& input : tape.node(i).inputs) operands += !input.is_number;
  CHECK(std::size_t(std::count(arcs.begin(), arcs.end(), 'C')) == operands);
  CHECK(tape_picture(tape, {}, 2).find(">mul") == std::string::npos);
}
