// The court: its verdicts, and that it can be wrong. The whole court is `meson test -C build --suite court`.
#include "tools/court/court.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/catch.h"
#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/errors.h"

using namespace tools;

namespace {

void check_all(const std::vector<std::string>& words) {
  for (const Verdict& v : hold_court(words)) {
    INFO(v.on.kind << ": " << v.on.estimator << " on " << v.on.model << ": z = " << v.finding.z
                   << ", variance " << v.finding.variance);
    CHECK(v.as_expected());
    CHECK(v.finding.entries > 0);
  }
}

// Estimates 1, 2, 3, … of a number.
Finding of_numbers(double truth) {
  return compared(repeated(100, [](std::uint32_t n) { return std::vector<double>{double(n % 3)}; }), truth);
}

}  // namespace

TEST_CASE("court: tightness, and what is cut off, are judged as expected") {
  check_all({"tightness", "cut off"});
}

TEST_CASE("court: every verdict is as expected", "[.][court]") { check_all({}); }

TEST_CASE("court: every exact model is tried for log p(x), and each estimator where it applies") {
  std::set<std::string> kinds, with_evidence;
  for (const Case& c : all_cases()) {
    kinds.insert(c.kind);
    if (c.kind == "evidence") with_evidence.insert(c.model);
    const bool annealed = c.estimator.find("AIS") != std::string::npos && c.kind == "evidence";
    CHECK_FALSE((annealed && (c.model == "3 bits" || c.model == "classes, 2 levels")));
  }
  CHECK(with_evidence.size() == trials().size());
  for (const char* const kind :
       {"bound", "evidence", "tightness", "gradient of the ELBO", "gradient at q = p(z|x)",
        "gradient of the IWAE bound", "gradient, discrete z", "gradient in the prior", "signal against K",
        "Markov chain", "coverage", "training"})
    CHECK(kinds.count(kind) == 1);
}

TEST_CASE("court: means, variances and z are those of the estimates") {
  const Finding f = of_numbers(0.5);
  CHECK(f.estimates == 100);
  CHECK(f.mean == Approx(0.99));
  CHECK(f.variance == Approx(0.6766666667).epsilon(1e-8));
  CHECK(f.z == Approx((0.99 - 0.5) / std::sqrt(0.6766666667 / 100)));
}

TEST_CASE("court: an estimator that is biased is convicted, and a wrong expectation is told") {
  Verdict v;
  v.finding = of_numbers(0);
  CHECK_FALSE(v.as_expected());
  v.on.expected = Expected::biased;
  CHECK(v.as_expected());
  v.finding = of_numbers(1);
  CHECK_FALSE(v.as_expected());  // it is not biased
  v.on.expected = Expected::exact;
  CHECK_FALSE(v.as_expected());  // it has a variance
  CHECK(as_text({v}).find("NOT unbiased, no variance") != std::string::npos);
  CHECK(as_text({v}).find("1 not as expected") != std::string::npos);
}

TEST_CASE("court: words choose cases, an unknown one is refused, and JSON has them all") {
  CHECK_THROWS_AS(hold_court({"no such word"}), Failure);
  const auto list = nlohmann::json::parse(as_json(hold_court({"tightness"})));
  REQUIRE(list.size() >= 5);
  for (const auto& one : list) CHECK(one["as_expected"] == true);
}
