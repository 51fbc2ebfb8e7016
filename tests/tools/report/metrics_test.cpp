// Rows of metrics.jsonl, whole and malformed.
#include "tools/report/metrics.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;

TEST_CASE("metrics: rows by split, and what is no number is unknown", "[report]") {
  const TemporaryDirectory here;
  put(here / "m",
      "{\"epoch\":1,\"split\":\"train\",\"elbo\":-3.5,\"kl\":1,\"kl_per_level\":[0.25,null,\"x\"]}\n"
      "{\"epoch\":\"2\",\"split\":\"validation\",\"elbo\":null,\"kl\":{},\"kl_per_level\":7}\n"
      "{\"epoch\":2,\"split\":3}\n[1]\n# a note\n\n{\"epoch\":1e30,\"split\":\"test\"}\n"
      "{\"epoch\":3,\"split\":\"test\",\"el");
  const Metrics m = read_metrics((here / "m").string());
  REQUIRE(m.train.size() == 1);
  CHECK(m.train[0].epoch == 1);
  CHECK(m.train[0].elbo == -3.5);
  CHECK(std::isnan(m.train[0].reconstruction));
  CHECK(m.train[0].kl_of_level(0) == 0.25);
  for (const std::size_t t : {1, 2, 3}) CHECK(std::isnan(m.train[0].kl_of_level(t)));
  REQUIRE(m.validation.size() == 1);
  CHECK(std::isnan(m.validation[0].epoch));
  CHECK(std::isnan(m.validation[0].elbo));
  CHECK(std::isnan(m.validation[0].kl));
  CHECK(m.validation[0].kl_per_level.empty());
  REQUIRE(m.test.size() == 1);
  CHECK(std::isnan(m.test[0].epoch));  // so large that nothing could be drawn over it
}

TEST_CASE("metrics: a file that is not there has no rows", "[report]") {
  const TemporaryDirectory here;
  CHECK(read_metrics((here / "absent").string()).train.empty());
}
