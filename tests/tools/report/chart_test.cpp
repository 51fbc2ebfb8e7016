// Charts as text: their axes, their lines, and what HTML must not take for its own.
#include "tools/report/chart.h"

#include <algorithm>
#include <cmath>

#include "tests/catch.h"

using namespace tools;

TEST_CASE("round numbers are 1, 2 or 5 times a power of ten apart, and no more than asked for", "[chart]") {
  const auto close = [](const std::vector<double>& found, const std::vector<double>& expected) {
    if (found.size() != expected.size()) return false;
    for (std::size_t i = 0; i < found.size(); ++i)
      if (std::abs(found[i] - expected[i]) > 1e-12 * std::max(1.0, std::abs(expected[i]))) return false;
    return true;
  };
  CHECK(close(round_numbers(0, 10, 5), {0, 2, 4, 6, 8, 10}));
  CHECK(close(round_numbers(-240.3, -228.1, 6), {-240, -235, -230}));
  CHECK(close(round_numbers(1, 3, 8), {1, 1.5, 2, 2.5, 3}));
  CHECK(close(round_numbers(0.00011, 0.00049, 4), {0.0002, 0.0003, 0.0004}));
}

TEST_CASE("a chart shows its lines, with gaps where a value is not finite", "[chart]") {
  const std::string svg = chart(
      "a < b", "epoch", {{"one & two", 1, true, {{0, 0}, {1, NAN}, {2, 1}, {NAN, 3}, {3, 0.5}, {4, 1}}, {}}});
  CHECK(svg.find("a &lt; b") != std::string::npos);
  CHECK(svg.find("one &amp; two") != std::string::npos);
  CHECK(svg.find("a < b") == std::string::npos);
  const std::size_t begin = svg.find("class=\"line c1 dashed\" d=\"") + 26, end = svg.find('"', begin);
  const std::string path = svg.substr(begin, end - begin);
  CHECK(std::count(path.begin(), path.end(), 'M') == 3);
  CHECK(std::count(path.begin(), path.end(), 'L') == 1);
  CHECK(chart("epochs", "epoch", {{"one", 0, false, {{1, 5}, {2, 6}, {3, 7}}, {}}}).find(">1.5<") ==
        std::string::npos);
  CHECK(chart("one point", "epoch", {{"one", 0, false, {{3, 7}}, {}}}).find("h0\"") != std::string::npos);
  CHECK(chart("empty", "epoch", {{"none", 0, false, {}, {}}}).find("nan") == std::string::npos);
}

TEST_CASE("points with labels are dots, and the axes span them all", "[chart]") {
  std::vector<Line> lines = {{"runs", 2, false, {{3, 90}, {4, 2}}, {"a", "<b>"}}};
  for (double u = 5; u < 20; ++u) lines[0].points.emplace_back(u, 1), lines[0].labels.push_back("c");
  const std::string svg = chart("points", "rate", lines);
  for (const char* part : {">a</text>", ">&lt;b&gt;</text>", "<circle class=\"point c2\""})
    CHECK(svg.find(part) != std::string::npos);
  CHECK(axes_of(lines).y.high > 90);
  CHECK(axes_of(lines).x.low < 3);
}

TEST_CASE("round numbers end where a step is too small to be added", "[chart]") {
  CHECK(round_numbers(1e17, 1e17 + 32, 6).size() < 10);
}
