// Which steps are skipped, and that never all of them are.
#include "nn/optimizers/outliers.h"

#include <cmath>
#include <limits>

#include "tests/catch.h"

using namespace nn;

namespace {

// A gate that has seen `count` norms around `level`, from 0.9 to 1.1 of it.
OutlierGate after(std::size_t count, double level, double factor = 10) {
  OutlierGate gate(factor);
  for (std::size_t i = 0; i < count; ++i) gate.skips(level * (0.9 + 0.2 * double(i % 11) / 10));
  return gate;
}

// The longest run of skipped steps while every norm is `norm(i)`.
template <class F>
std::size_t longest_run(OutlierGate& gate, std::size_t count, const F& norm) {
  std::size_t run = 0, longest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    run = gate.skips(norm(i)) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

TEST_CASE("outliers: the limit is the factor times the median of the last 100 norms", "[outliers]") {
  OutlierGate gate(3);
  for (int i = 0; i < 1000; ++i) gate.skips(i < 900 ? 1e6 : double(i - 899));  // at last 1 … 100
  CHECK(gate.norms.size() == 100);
  CHECK((gate.limit() == 3 * 50 || gate.limit() == 3 * 51));
}

TEST_CASE("outliers: nothing is skipped before there are enough norms", "[outliers]") {
  OutlierGate gate(2);
  for (int i = 0; i < 20; ++i) CHECK_FALSE(gate.skips(std::pow(10.0, i)));
  CHECK(std::isfinite(gate.limit()));
  CHECK(gate.skips(1e30));
}

TEST_CASE("outliers: a norm out of proportion is skipped, and the ordinary ones after it are not",
          "[outliers]") {
  OutlierGate gate = after(200, 5);
  CHECK_FALSE(gate.skips(49));
  CHECK(gate.skips(56));
  CHECK(gate.skips(1e9));
  for (int i = 0; i < 100; ++i) CHECK_FALSE(gate.skips(5.1));
}

// Under a fixed limit, norms that have risen above it would be skipped for ever, because the weights would
// not change.
TEST_CASE("outliers: norms that rise for good are skipped for half a window at most", "[outliers]") {
  for (const double rise : {11.0, 1e3, 1e30}) {
    OutlierGate gate = after(200, 5);
    const std::size_t run = longest_run(gate, 1000, [&](std::size_t) { return 5 * rise; });
    CHECK(run > 40);
    CHECK(run <= OutlierGate::window / 2);
    CHECK_FALSE(gate.skips(5 * rise));
  }
}

TEST_CASE("outliers: of norms scattered over many powers of ten, at least half of the steps are taken",
          "[outliers]") {
  OutlierGate gate = after(200, 5);
  std::size_t taken = 0;
  std::uint32_t random = 1;
  for (int i = 0; i < 2000; ++i) {
    random = random * 1664525u + 1013904223u;
    taken += !gate.skips(std::pow(10.0, 10 + 8 * double(random) / 4294967296.0));
  }
  CHECK(taken > 1000 - 60);
}

TEST_CASE("outliers: a gate resumes from its norms", "[outliers]") {
  OutlierGate gate = after(70, 5), resumed(10);
  resumed.norms = gate.norms;
  for (const double norm : {1.0, 60.0, 49.0, 51.0, 1e3}) {
    CHECK(gate.limit() == resumed.limit());
    CHECK(gate.skips(norm) == resumed.skips(norm));
  }
}
