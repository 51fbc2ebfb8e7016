// A run's directory: when it is refused, how it is cleared, and its metrics.
#include "tools/run/run_directory.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/run/stopwatch.h"

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
  for (const auto& drawn : {run.report(), run.results()}) put(drawn, "");
  run.clear(true);
  CHECK_FALSE(run.holds_run());
  for (const auto& drawn : {run.report(), run.results()}) CHECK_FALSE(std::filesystem::exists(drawn));
  CHECK(content(run.file("mine")) == "mine");
}

TEST_CASE("run directory: force removes nothing if one of the names is no file", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  put(run.config(), "{}");
  put(run.last(), "last");
  std::filesystem::create_directory(run.best());
  const Outcome refused = outcome([&] { run.clear(true); });
  CHECK(refused.code == exit_cannot_create);
  CHECK(refused.message == run.best().string() + ": cannot replace it: not a regular file");
  CHECK(content(run.last()) == "last");
  CHECK(run.holds_run());
}

TEST_CASE("run directory: one in which a run was killed before its first file is empty", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  put(run.file(".lock"), "");
  put(run.file(".elbo-0.tmp"), "{\"mod");
  CHECK(outcome([&] { run.make(false); }).code == 0);
  CHECK(outcome([&] { run.clear(false); }).code == 0);
  put(run.file("config.json"), "{}");
  CHECK(outcome([&] { run.clear(false); }).code == exit_runtime);
}

TEST_CASE("run directory: rows of later epochs, and half rows, are forgotten", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  for (const int epoch : {1, 1, 2, 3}) run.append_metrics({ordered_json{{"epoch", epoch}}});
  const std::string rows = content(run.metrics());
  CHECK(rows == "{\"epoch\":1}\n{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n");
  put(run.metrics(), rows + "{\"epoch\":1,\"spl");
  run.forget_metrics_after(2);
  CHECK(content(run.metrics()) == "{\"epoch\":1}\n{\"epoch\":1}\n{\"epoch\":2}\n");
}

TEST_CASE("run directory: what somebody else wrote among the metrics stays", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  const std::string foreign = "# a note\n\n{\"epoch\":\"9\"}\n[9]\n" + std::string(120'000, '[') + "\n";
  put(run.metrics(), foreign + "{\"epoch\":3}\n" + foreign + "{\"epoch\":2}");
  run.forget_metrics_after(2);
  CHECK((content(run.metrics()) == foreign + foreign + "{\"epoch\":2}"));
  run.append_metrics({ordered_json{{"epoch", 3}}});
  CHECK((content(run.metrics()) == foreign + foreign + "{\"epoch\":2}\n{\"epoch\":3}\n"));
}

TEST_CASE("run directory: metrics that are no file are left for the writing to tell", "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  REQUIRE(::mkfifo(run.metrics().c_str(), 0600) == 0);
  run.forget_metrics_after(2);
  const Outcome refused = outcome([&] { run.append_metrics({ordered_json{{"epoch", 1}}}); });
  CHECK(refused.message == run.metrics().string() + ": cannot replace it: not a regular file");
}

TEST_CASE("run directory: millions of lines that are no rows of metrics are read in seconds",
          "[run_directory]") {
  const TemporaryDirectory here;
  const RunDirectory run(here.path);
  for (const std::string& line : std::vector<std::string>{"\n", "x\n", "{}\n"}) {
    std::string lines;
    while (lines.size() < 12'000'000) lines += line;
    put(run.metrics(), lines);
    const Stopwatch stopwatch;
    run.forget_metrics_after(2);
    CHECK(stopwatch.seconds() < 5);
    CHECK(std::filesystem::file_size(run.metrics()) == lines.size());
  }
}
