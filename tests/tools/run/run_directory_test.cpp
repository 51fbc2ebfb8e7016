// A run's directory: when it is refused, how it is cleared, and its metrics.
#include "tools/run/run_directory.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;
using nlohmann::ordered_json;

TEST_CASE("run directory: one that is not empty is refused, and cleared of the files of a run by force",
          "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here / "r");
  run.make(false);
  CHECK(outcome([&] { run.make(false); }).code == 0);
  put(run.config(), "{}");
  put(run.file("mine"), "mine");
  CHECK(outcome([&] { run.make(false); }).code == exit_runtime);
  put(run.file(".lock"), "");
  CHECK(outcome([&] { run.make(false); }).code == 0);  // a run's: refused by `clear`, under its lock
  CHECK(outcome([&] { run.clear(false); }).code == exit_runtime);
  run.clear(true);
  CHECK_FALSE(run.holds_run());
  CHECK(content(run.file("mine")) == "mine");
}

TEST_CASE("run directory: rows of later epochs, and half rows, are forgotten", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  for (const int epoch : {1, 1, 2, 3}) CHECK(run.append_metrics({ordered_json{{"epoch", epoch}}}));
  const std::string rows = content(run.metrics());
  CHECK(rows == "{\"epoch\":1}\n{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n");
  put(run.metrics(), rows + "{\"epoch\":1,\"spl");
  run.forget_metrics_after(2);
  CHECK(content(run.metrics()) == "{\"epoch\":1}\n{\"epoch\":1}\n{\"epoch\":2}\n");
}
