// The program from outside, by exit codes, messages and files: directories and files.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/tools/program/program.h"

TEST_CASE("a directory that holds anything is refused, and left as it was", "[program]") {
  const WorkingDirectory here;
  std::filesystem::create_directory(here / "foreign");
  put(here / "foreign/file", "mine");
  const Result r = here.run("train" + small_run + "--out foreign");
  CHECK(r.code == 1);
  CHECK(is_one_line(r.err));
  CHECK(std::distance(std::filesystem::directory_iterator(here / "foreign"), {}) == 1);
}

TEST_CASE("--force removes the files of a run and nothing else", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out run");
  put(here / "run/mine", "mine");
  put(here / "run/non-finite.safetensors", "");
  CHECK(here.run("train" + small_run + "--epochs 1 --out run").code == 1);
  here.train("--epochs 1 --out run --force");
  CHECK(here.bytes("run/mine") == "mine");
  CHECK_FALSE(std::filesystem::exists(here / "run/non-finite.safetensors"));
  CHECK_FALSE(std::filesystem::exists(here / "run/previous.safetensors"));
  CHECK(here.metrics("run").size() == 3);
}

TEST_CASE("a run directory has one writer", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  const int lock = ::open((here / "run/.lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  for (const std::string how : {"", "--force", "--resume"}) {
    const Result r = here.run("train --data images.npy --out run " + how);
    CHECK(r.code == 75);
    CHECK(is_one_line(r.err));
  }
  CHECK(here.run("eval run --limit 2 --importance-samples 2").code == 0);
  ::close(lock);
}

TEST_CASE("a directory that cannot be made", "[program]") {
  const WorkingDirectory here;
  put(here / "file", "");
  check_refused(here, "train" + small_run + "--out file/r", 73, "file/r");
  check_refused(here, "train" + small_run + "--out file", 73, "file");
}

// A limit on the size of files (here 8 kB) stands for a full disk.
TEST_CASE("a checkpoint that cannot be written: the old one stays, training goes on, and ends with 74",
          "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 3 --out whole");
  here.train("--epochs 1 --out r");
  const std::string old = here.bytes("r/last.safetensors");
  const Result full =
      here.shell("trap '' XFSZ; ulimit -f 16; elbo train --resume --epochs 3 --out r --quiet");
  CHECK(full.code == 74);
  CHECK(std::count(full.err.begin(), full.err.end(), '\n') ==
        4);  // after two epochs, at the end, and the failure
  CHECK(full.err.find("elbo: warning: r/last.safetensors: cannot write: ") == 0);
  CHECK(full.err.find(".png") == std::string::npos);  // the pictures were not reached
  CHECK((here.bytes("r/last.safetensors") == old));
  CHECK(here.metrics("r").size() == 7);

  CHECK(here.run("train --resume --epochs 3 --out r --quiet").code == 0);
  CHECK(here.same("r/last.safetensors", "whole/last.safetensors"));
}

TEST_CASE("metrics that cannot be written only warn", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  std::filesystem::remove(here / "run/metrics.jsonl");
  std::filesystem::create_directory(here / "run/metrics.jsonl");
  const Result r = here.run("train --resume --epochs 3 --out run --quiet");
  CHECK(r.code == 0);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("metrics.jsonl") != std::string::npos);
}

TEST_CASE("standard output that cannot be written is an error, and a closed pipe is silent", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >/dev/full").code == 74);
  CHECK(here.shell("elbo train --help >/dev/full").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >&-").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 | true").err == "");
}
