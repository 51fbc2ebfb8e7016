// Pixels of the overview.
#include "tools/report/canvas.h"

#include <algorithm>

#include "tests/catch.h"

using namespace tools;

TEST_CASE("canvas: what lies outside is not drawn, and lines go from end to end", "[report]") {
  Canvas canvas(10, 8, 0);
  canvas.dot(-1, 0, 9), canvas.dot(10, 0, 9), canvas.dot(0, 8, 9);
  canvas.paste({2, 1, {5, 6}}, 9, 7);
  CHECK(std::count(canvas.image.pixels.begin(), canvas.image.pixels.end(), 0) == 79);
  CHECK(canvas.image.pixels[79] == 5);
  canvas.line(0, 2, 8, 6, 200);
  for (const std::size_t at : {20, 30, 44, 54, 68, 78}) CHECK(canvas.image.pixels[at] == 200);  // two thick
}

TEST_CASE("canvas: words are capitals of 3 x 5, twice as large", "[report]") {
  Canvas canvas(16, 10, 0);
  canvas.words("l.", 0, 0, 1);
  std::string drawn;
  for (std::size_t y = 0; y < 10; y += 2)
    for (std::size_t x = 0; x < 16; x += 2) drawn += canvas.image.pixels[16 * y + x] ? '#' : '.';
  CHECK(drawn ==
        "#......."
        "#......."
        "#......."
        "#......."
        "###..#..");
}
