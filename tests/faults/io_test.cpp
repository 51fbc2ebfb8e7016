// Every call on the files of a small run fails once, or is where the run is killed. Afterwards its files are
// the old ones or the new ones, whole, and it continues to the same end, bit for bit. ELBO_SHIM is the
// library of shim.cpp.
#include <cerrno>
#include <iostream>

#include "tests/faults/limited_run.h"

namespace {

const std::vector<std::string> training = {
    "train", "--data", "images.npy", "--hidden",     "4",  "--latent",  "2", "--epochs",
    "2",     "--out",  "run",        "--batch-size", "16", "--threads", "1", "--quiet"};

std::vector<std::string> shim(int at, int reason) {
  return {"LD_PRELOAD=" ELBO_SHIM, "FAULT_PATH=run", "FAULT_AT=" + std::to_string(at),
          "FAULT_ERRNO=" + std::to_string(reason)};
}

// A directory with the images and `whole`, the files of a run that nothing disturbed.
struct Ground : WorkingDirectory {
  Ground() : WorkingDirectory(40) {
    std::vector<std::string> environment = shim(0, 0);
    environment.push_back("FAULT_LOG=" + (path / "calls").string());
    REQUIRE(run_limited(*this, training, environment).code == 0);
    std::filesystem::rename(path / "run", path / "whole");
    std::istringstream log(content(path / "calls"));
    for (std::string call; log >> call;) calls.push_back(call);
    REQUIRE(calls.size() > 50);
  }

  // Goes on with what is there, or begins where no run began, and compares the end. What `told` says could
  // not be written may be missing: a picture, and the checkpoint that would be the one before the last.
  void check_continues(const std::string& told) const {
    std::vector<std::string> command = training;
    if (std::filesystem::exists(path / "run/config.json"))
      command = {"train", "--resume", "--out", "run", "--quiet"};
    const LimitedRun r = run_limited(*this, command);
    INFO("continuing: " << r.err);
    CHECK(r.code == 0);
    std::set<std::string> names = files_of("run"), expected = files_of("whole");
    for (const auto& [name, follows] :
         std::map<std::string, std::string>{{"run/last.safetensors: ", "previous.safetensors"},
                                            {"run/samples.png: ", "samples.png"},
                                            {"run/reconstructions.png: ", "reconstructions.png"},
                                            {"run/report.html: ", "report.html"},
                                            {"run/results.png: ", "results.png"}})
      if (told.find(name) != std::string::npos) names.erase(follows), expected.erase(follows);
    CHECK(names == expected);
    for (const std::string& name : expected)
      if (name != "config.json" && name != "metrics.jsonl" && name != "report.html")  // which tell times
        CHECK((same("run/" + name, "whole/" + name)));
    CHECK(epochs_and_splits("run") == epochs_and_splits("whole"));
  }

  std::set<std::string> files_of(const std::string& run) const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path / run))
      names.insert(entry.path().filename().string());
    return names;
  }

  std::vector<std::string> calls;
};

void fail_each(int reason, std::size_t step) {
  const Ground here;
  std::map<std::string, int> tried, ends;
  for (std::size_t at = 1; at <= here.calls.size(); at += step) {
    std::filesystem::remove_all(here / "run");
    const LimitedRun r = run_limited(here, training, shim(int(at), reason));
    INFO("call " << at << ", " << here.calls[at - 1] << ", errno " << reason << ": code " << r.code << " "
                 << r.err);
    if (reason) {
      CHECK(std::set<int>{0, 66, 73, 74}.count(r.code) == 1);
      CHECK((r.code == 0 || is_told(r.err)));
    }
    ++tried[here.calls[at - 1]], ++ends[std::to_string(r.code)];
    here.check_continues(r.err);
  }
  std::cout << (reason ? std::strerror(reason) : "killed") << ":";
  for (const auto& [call, count] : tried) std::cout << " " << count << " " << call;
  std::cout << "; codes:";
  for (const auto& [code, count] : ends) std::cout << " " << count << " times " << code;
  std::cout << std::endl;
}

}  // namespace

TEST_CASE("faults: a run that is killed at any call on its files continues to the same end", "[faults]") {
  if (sanitized) return;
  fail_each(0, 3);
}
TEST_CASE("faults: a run of which any call on its files fails with EIO continues to the same end",
          "[faults]") {
  if (sanitized) return;
  fail_each(EIO, 3);
}

TEST_CASE("faults: too few addresses for OpenBLAS, and for everything, are out of memory", "[faults]") {
  if (sanitized) return;
  const WorkingDirectory here(40);
  for (const std::string limit : {"60000", "150000"}) {
    // OpenBLAS takes its memory with the first product or, in Debian 13, while it is loaded.
    const Result version = here.shell("ulimit -v " + limit + "; elbo --version");
    INFO(version.err);
    CHECK((version.code == 0 || (version.code == 1 && is_one_line(version.err))));
    const Result r = here.shell("ulimit -v " + limit + "; timeout 30 " + elbo_program +
                                " train --data images.npy --hidden 2000,2000 --out r");
    INFO(limit << ": " << r.err);
    CHECK(r.code == 1);
    CHECK(is_one_line(r.err));
    CHECK(r.err.find("elbo: out of memory") == 0);
  }
}

TEST_CASE("faults: where no thread can be started, the first one does all the work", "[faults]") {
  if (sanitized) return;
  const WorkingDirectory here(300);
  std::vector<std::string> command = training;
  for (std::string& word : command)
    if (&word != command.data() && *(&word - 1) == "--threads") word = "2";
  const LimitedRun r = run_limited(here, command, {"LD_PRELOAD=" ELBO_SHIM, "FAULT_THREADS=1"});
  INFO(r.err);
  CHECK(r.code == 0);
}

// All of them, by `tests/faults/run`.
TEST_CASE("faults: every call, every reason", "[.][all-faults]") {
  if (sanitized) return;
  const int reason = GENERATE(0, EIO, ENOSPC, EDQUOT, EACCES, EROFS, EMFILE);
  fail_each(reason, 1);
}

TEST_CASE("faults: killed at random moments, a run continues to the same end", "[.][all-faults]") {
  const WorkingDirectory here(300);
  std::vector<std::string> command = training;
  command[8] = "30";
  REQUIRE(run_limited(here, command).code == 0);
  std::filesystem::rename(here / "run", here / "whole");
  std::uint32_t noise = 1;
  int kills = 0;
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove_all(here / "run");
    for (bool ended = false; !ended;) {
      noise = noise * 1664525u + 1013904223u;
      const double seconds = 0.05 + 0.2 * double(noise >> 8) / (1 << 24);
      const bool begun = std::filesystem::exists(here / "run/config.json");
      std::string line = "timeout -s KILL " + std::to_string(seconds) + " " + elbo_program;
      const std::vector<std::string> resume = {"train", "--resume", "--out", "run", "--quiet"};
      for (const std::string& word : begun ? resume : command) line += " " + word;
      const Result r = here.shell(line);
      INFO(r.err);
      CHECK((r.code == 0 || r.code == 137 || r.code == 75));  // 75: the killed one has not quite gone
      ended = r.code == 0;
      kills += r.code == 137;
    }
    CHECK(here.same("run/last.safetensors", "whole/last.safetensors"));
    CHECK(here.same("run/best.safetensors", "whole/best.safetensors"));
    CHECK(here.epochs_and_splits("run") == here.epochs_and_splits("whole"));
  }
  std::cout << kills << " kills at random moments in 20 runs" << std::endl;
  CHECK(kills > 20);
}
