// How arrays are printed.
#include "autograd/array.h"

#include <sstream>

#include "tests/catch.h"

using namespace autograd;

namespace {

std::string printed(const Array& a) {
  std::ostringstream text;
  text << a;
  return text.str();
}

}  // namespace

TEST_CASE("array: printing shows the shape and the values, of long axes both ends") {
  CHECK(printed(array({2, 3}, {1, 2, 3, -4.5, 5e10, 6})) == "[2,3] {{1, 2, 3}, {-4.5, 5e+10, 6}}");
  CHECK(printed(full({}, 0.25)) == "[] 0.25");
  CHECK(printed(zeros({2, 0})) == "[2,0] {{}, {}}");
  CHECK(printed(array({7}, {1, 2, 3, 4, 5, 6, 7})) == "[7] {1, 2, 3, …, 5, 6, 7}");
  CHECK(printed(array({6}, {1, 2, 3, 4, 5, 6})) == "[6] {1, 2, 3, 4, 5, 6}");
  CHECK(printed(zeros({1000, 1000})).size() < 200);
}
