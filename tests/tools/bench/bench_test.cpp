// How speed is measured: who takes turns, what is compared, and what memory a piece of work takes. Not how
// fast anything is.
#include "tools/bench/bench.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.h"
#include "tools/bench/interleaved.h"
#include "tools/bench/peak_memory.h"
#include "tools/errors.h"

using namespace tools;

TEST_CASE("bench: times are compared by medians, turn by turn") {
  const Times a = {{1, 2, 100}}, b = {{2, 8, 100}};
  CHECK(a.median() == 2);
  CHECK(ratio(b, a) == 2);  // of 2, 4 and 1; the ratio of the medians is 4
  CHECK((b + a).turns == std::vector<double>{3, 10, 200});
  CHECK((b - a).turns == std::vector<double>{1, 6, 0});
  CHECK((a - b).turns == std::vector<double>{0, 0, 0});
  CHECK(&faster_of(a, b) == &a);
  CHECK(&faster_of(b, a) == &a);
  CHECK(std::isnan(Times().median()));
}

TEST_CASE("bench: contenders take turns, prepared, and the slower one is found to be slower") {
  std::string turns;
  const auto wait = [](int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); };
  const auto contender = [&](char name, int ms) {
    return Contender{[=] { wait(ms); }, [&turns, name] { turns += name; }};
  };
  const std::vector<Times> t = interleaved({contender('a', 1), contender('b', 3)}, 0);
  CHECK(turns == "abababababab");  // once to find out how long they take, then five turns
  REQUIRE(t[0].turns.size() == 5);
  CHECK(ratio(t[1], t[0]) > 1.5);
  CHECK(t[0].median() > 1e-3);
}

TEST_CASE("bench: peak memory counts what a piece of work takes at most, not what came before") {
  const auto take = [](std::size_t megabytes) {
    volatile char* const memory = static_cast<char*>(std::malloc(megabytes << 20));
    for (std::size_t i = 0; i < megabytes << 20; i += 1024) memory[i] = 1;
    std::free(const_cast<char*>(memory));
  };
  const double bytes = peak_memory([&] { take(10); }, [&] { take(60), take(30); });
  CHECK(bytes > 55e6);
  CHECK(bytes < 75e6);
  CHECK(std::isnan(peak_memory([] {}, [] { throw 1; })));
}

TEST_CASE("bench: a table is text and JSON, and what there is not is left out") {
  const BenchTable table = {{"tanh", {{"value_ns", 0.5}, {"libtorch", std::nan("")}}}};
  CHECK(as_text(table).find("0.500") != std::string::npos);
  CHECK(as_text(table).find("nan") == std::string::npos);
  CHECK(nlohmann::json::parse(as_json(table)) ==
        nlohmann::json::parse(R"([{"name": "tanh", "value_ns": 0.5}])"));
}

TEST_CASE("bench: of the operations those are measured whose names start as asked") {
  const BenchTable table = bench_ops({"rel", "sum 1"}, nullptr);
  REQUIRE(table.size() == 2);
  CHECK(table[0].name == "relu");
  CHECK(table[1].name == "sum 1");
  for (const BenchRow& row : table) {
    REQUIRE(row.numbers.size() == 2);
    CHECK(row.numbers[0].first == "value_ns");
    CHECK(row.numbers[0].second > 0);
  }
  CHECK_THROWS_AS(bench_ops({"rel", "nothing"}, nullptr), Failure);
}

namespace {

// A peer that does nothing, and that quickly.
class Idle : public Peer {
 public:
  const char* name() const override { return "idle"; }
  void set_threads(std::size_t) override {}
  OpRuns op(const std::string&, const std::vector<autograd::Array>&) override { return {run_, run_}; }
  Run chain(std::size_t, bool) override { return run_; }
  Run step(std::size_t, std::size_t, std::size_t) override { return run_; }
  Run adam(std::size_t) override { return run_; }
  OpRuns conv(const ConvSize&) override { return {run_, run_}; }

 private:
  const Run run_ = [] {};
};

}  // namespace

TEST_CASE("bench: every number beside a peer's has a name of its own, so that none is lost in JSON") {
  Idle idle;
  for (const BenchTable& table : {bench_ops({"relu"}, &idle), bench_step(2, 3, 1, &idle, 0.1)})
    for (const BenchRow& row : table) {
      std::set<std::string> names;
      for (const auto& [name, value] : row.numbers) names.insert(name);
      CHECK(names.size() == row.numbers.size());
      CHECK(names.size() >= 6);
    }
}

TEST_CASE("bench: a step takes longer than its products and Adam, an evaluation than its products") {
  const auto number = [](const BenchRow& row, const std::string& name) {
    for (const auto& [found, value] : row.numbers)
      if (found == name) return value;
    return std::nan("");
  };
  // Both sides are timed, so either may be disturbed: once in five trials neither is.
  int trials = 0;
  const auto holds = [&] {
    const BenchRow step = bench_step(20, 100, 5, nullptr, 0.2).front(),
                   evidence = bench_evidence(100, 5, 0.2).front();
    CHECK(number(step, "step_ms") > 0);
    CHECK(number(evidence, "samples_per_s") > 0);
    return number(step, "ratio") > 0.9 && number(step, "machine_ratio") > 0.9 &&
           number(evidence, "share_of_product_rate") < 1.1;
  };
  while (!holds() && ++trials < 5) continue;
  CHECK((trials < 5 || sanitized));  // under which the loops of the limits are slow
}
