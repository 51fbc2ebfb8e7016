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
  const Result full = here.shell("ulimit -f 16; elbo train --resume --epochs 3 --out r --quiet");
  CHECK(full.code == 74);
  CHECK(std::count(full.err.begin(), full.err.end(), '\n') == 2);  // at once, and at the end
  CHECK(full.err.find("elbo: warning: r/last.safetensors: cannot write: ") == 0);
  CHECK(full.err.find(".png") == std::string::npos);  // the pictures were not reached
  CHECK((here.bytes("r/last.safetensors") == old));
  CHECK(here.metrics("r").size() == 7);

  CHECK(here.run("train --resume --epochs 3 --out r --quiet").code == 0);
  CHECK(here.same("r/last.safetensors", "whole/last.safetensors"));
}

TEST_CASE("metrics that cannot be written do not stop the training, and at its end are code 74",
          "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 3 --out whole");
  here.train("--epochs 1 --out run");
  std::filesystem::remove(here / "run/metrics.jsonl");
  std::filesystem::create_directory(here / "run/metrics.jsonl");
  const Result r = here.run("train --resume --epochs 3 --out run --quiet");
  CHECK(r.code == 74);
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') == 2);  // at once, and at the end
  CHECK(r.err.find("elbo: warning: run/metrics.jsonl: cannot replace it: ") == 0);
  CHECK(here.same("run/last.safetensors", "whole/last.safetensors"));
  CHECK(here.same("run/samples.png", "whole/samples.png"));
}

TEST_CASE("--force removes nothing if a file of the run is a directory", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out run");
  std::filesystem::remove(here / "run/best.safetensors");
  std::filesystem::create_directory(here / "run/best.safetensors");
  const Result r = here.run("train" + small_run + "--epochs 1 --out run --force");
  CHECK(r.code == 73);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("run/best.safetensors: cannot replace it") != std::string::npos);
  CHECK(here.metrics("run").size() == 5);
  CHECK(here.run("eval run --limit 2 --importance-samples 2").code == 0);
}

TEST_CASE("a run that was killed while it wrote its first file can be begun again", "[program]") {
  const WorkingDirectory here;
  std::filesystem::create_directory(here / "r");
  put(here / "r/.lock", "");
  put(here / "r/.elbo-0.tmp", "{\"batch");
  here.train("--epochs 1 --out r");
  CHECK_FALSE(std::filesystem::exists(here / "r/.elbo-0.tmp"));
}

TEST_CASE("a run whose lock is removed stops, so that there are no two writers", "[program]") {
  const WorkingDirectory here;
  const Result r = here.shell(elbo_program + " train" + small_run + "--epochs 100000 --out r & pid=$!; " +
                              "while ! test -e r/last.safetensors && kill -0 $pid; do sleep 0.01; done; " +
                              "rm r/.lock; wait $pid");
  CHECK(r.code == 75);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("r/.lock: was removed or replaced") != std::string::npos);
  CHECK(here.run("eval r --limit 2 --importance-samples 2").code == 0);
}

TEST_CASE("a run that is complete but for a picture says so and succeeds", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  std::filesystem::remove(here / "run/samples.png");
  std::filesystem::create_directory(here / "run/samples.png");
  const Result r = here.run("train --resume --epochs 2 --out run --quiet");
  CHECK(r.code == 0);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("elbo: warning: run/samples.png: cannot replace it") == 0);
}

TEST_CASE("pictures: two commands may write the same file, and files of the user's own stay", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  put(here / "x.png.tmp", "mine");
  const Result r = here.shell("for i in 1 2 3 4; do " + elbo_program +
                              " sample run -n 4 -o x.png & pids=\"$pids $!\"; done; "
                              "for p in $pids; do wait $p || exit 1; done");
  CHECK(r.code == 0);
  REQUIRE(here.run("sample run -n 4 -o y.png").code == 0);
  CHECK(here.same("x.png", "y.png"));
  CHECK(content(here / "x.png.tmp") == "mine");
  for (const std::string& name : here.names()) CHECK(name.find(".elbo-") == std::string::npos);
}

TEST_CASE("pictures: a link stays and its target is replaced; devices are written to", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  put(here / "target.png", "old");
  std::filesystem::create_symlink("target.png", here / "link.png");
  CHECK(here.run("sample run -n 4 -o link.png").code == 0);
  CHECK(std::filesystem::is_symlink(here / "link.png"));
  CHECK(here.bytes("target.png").substr(1, 3) == "PNG");
  CHECK(here.run("sample run -n 4 -o /dev/null").code == 0);
  CHECK(std::filesystem::is_character_file("/dev/null"));
  for (const std::string command : {"sample", "reconstruct"}) {
    const std::string picture = "elbo " + command + " run -n 4 -o ";
    REQUIRE(here.shell(picture + "whole.png").code == 0);
    CHECK((here.shell(picture + "/dev/stdout").out == content(here / "whole.png")));  // and nothing else
    CHECK((here.shell(picture + "/dev/stderr").err == content(here / "whole.png")));
  }
  CHECK(here.run("sample run -n 4 -o /dev/full").code == 74);
  CHECK(here.shell("mkfifo pipe && elbo sample run -n 4 -o pipe").code == 73);
  CHECK(here.run("sample run -n 4 -o run").code == 73);
}

TEST_CASE("exported arrays are whole or absent", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  REQUIRE(here.run("eval run --importance-samples 2 --export e").code == 0);
  const std::string old = here.bytes("e/x.npy");
  const Result full =
      here.shell("ulimit -f 2; elbo eval run --split train --importance-samples 2 --export e");
  CHECK(full.code == 74);
  CHECK(is_one_line(full.err));
  CHECK(here.same("e/x.npy", "e/x.npy"));
  CHECK((here.bytes("e/x.npy") == old));

  // What cannot be written is known before the evaluation, which would take hours.
  std::filesystem::create_directories(here / "f/elbo.npy");
  const Result folder =
      here.shell("timeout 20 " + elbo_program + " eval run --importance-samples 1000000 --export f");
  CHECK(folder.code == 73);
  CHECK(folder.err.find("f/elbo.npy") != std::string::npos);
}

TEST_CASE("pipes and devices among the files of a run are refused, and not waited for", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out run");
  const std::string eval = "timeout 20 " + elbo_program + " eval run --limit 2 --importance-samples 2";
  CHECK(here.shell("rm run/best.safetensors && mkfifo run/best.safetensors && " + eval + " --checkpoint best")
            .code == 66);
  CHECK(here.shell("rm run/metrics.jsonl && mkfifo run/metrics.jsonl && timeout 20 " + elbo_program +
                   " train --resume --epochs 2 --out run --quiet")
            .code == 73);  // best.safetensors, which cannot be put right
  CHECK(here.shell("rm run/best.safetensors && timeout 20 " + elbo_program +
                   " train --resume --epochs 3 --out run --quiet")
            .code == 74);  // the metrics
  CHECK(here.shell("rm run/last.safetensors && ln -s /dev/zero run/last.safetensors && " + eval).code == 0);
  CHECK(here.shell("rm run/config.json && ln -s config.json run/config.json && " + eval).code == 66);
  CHECK(here.shell("rm run/config.json && mkfifo run/config.json && " + eval).code == 66);
}

TEST_CASE("standard output that cannot be written is an error, and a closed pipe is silent", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >/dev/full").code == 74);
  CHECK(here.shell("elbo train --help >/dev/full").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >&-").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 | true").err == "");
}
