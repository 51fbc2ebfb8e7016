// `elbo gradcheck`: the list, the choice by name and kind, and how a failure is told. That wrong rules fail
// is gradcheck_test of autograd.
#include "tools/gradcheck/gradcheck.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tools/errors.h"

using namespace tools;

TEST_CASE("gradcheck: everything in the list passes, by its name") {
  const std::vector<GradientRow> rows = gradcheck({});
  const std::vector<std::string> list = gradcheck_list({});
  REQUIRE(rows.size() == list.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO(rows[i].name << ": " << rows[i].check.worst);
    CHECK(list[i].find(rows[i].kind) == 0);
    CHECK(list[i].find(rows[i].name) != std::string::npos);
    CHECK(rows[i].cases > 0);
    CHECK(rows[i].check.ok());
  }
}

TEST_CASE("gradcheck: a name chooses one row, a kind all of it") {
  const std::vector<GradientRow> one = gradcheck({"tanh"});
  REQUIRE(one.size() == 1);
  CHECK(one[0].name == "tanh");
  CHECK(one[0].kind == "op");
  const std::vector<GradientRow> bounds = gradcheck({"bound"});
  CHECK(bounds.size() >= 2);
  for (const GradientRow& row : bounds) CHECK(row.kind == "bound");
  CHECK(gradcheck({"Linear", "bound"}).size() == bounds.size() + 1);
  CHECK(gradcheck_list({"tanh"}) == std::vector<std::string>{"op            tanh"});
  CHECK(gradcheck_list({"bound"}).size() == bounds.size());
}

TEST_CASE("gradcheck: an unknown name is a usage error that names it") {
  try {
    gradcheck({"tanh", "tangent"});
    FAIL("no failure");
  } catch (const Failure& failure) {
    CHECK(failure.code() == exit_usage);
    CHECK(std::string(failure.what()).find("'tangent'") != std::string::npos);
  }
  CHECK_THROWS_AS(gradcheck_list({"tangent"}), Failure);
}

TEST_CASE("gradcheck: a row that is off, infinite or NaN fails, and says where") {
  GradientRow row;
  row.name = "twist", row.kind = "op", row.cases = 3, row.check.worst = "order 1: input 0, element 3";
  CHECK(row.check.ok());
  row.check.order1 = 2e-6;
  CHECK_FALSE(row.check.ok());
  CHECK(as_text({row}).find("FAILS\n              order 1: input 0, element 3\n") != std::string::npos);
  CHECK(as_text({row}).find("1 checked, 1 failed") != std::string::npos);
  row.check.order1 = HUGE_VAL;
  CHECK_FALSE(row.check.ok());
  row.check.order1 = 0, row.check.order2 = 2e-4;
  CHECK_FALSE(row.check.ok());
  row.check.order2 = NAN;
  CHECK_FALSE(row.check.ok());
  CHECK(as_json({row}) ==
        R"([{"name":"twist","kind":"op","cases":3,"order1":0.0,"order2":null,"ok":false}])");
}
