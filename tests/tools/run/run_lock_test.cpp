// One writer per run directory. Forked children stand for other processes, and report by their exit codes.
#include "tools/run/run_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using tools::RunLock;

namespace {

// The code with which another process is refused the lock, 0 if it gets it.
int refusal_elsewhere(const TemporaryDirectory& directory) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(outcome([&] { RunLock lock(directory.path); }).code);
  int status = -1;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("another process is refused while the lock is held", "[run_lock]") {
  const TemporaryDirectory directory;
  CHECK(refusal_elsewhere(directory) == 0);
  {
    const RunLock lock(directory.path);
    CHECK(refusal_elsewhere(directory) == 75);
  }
  CHECK(refusal_elsewhere(directory) == 0);
}

TEST_CASE("the refusal names the directory", "[run_lock]") {
  const TemporaryDirectory directory;
  const RunLock lock(directory.path);
  const Outcome second = outcome([&] { RunLock again(directory.path); });
  CHECK(second.code == 75);
  CHECK(second.message == directory.path.string() + ": another elbo process is writing here");
}

TEST_CASE("a killed process leaves no lock", "[run_lock]") {
  const TemporaryDirectory directory;
  int locked[2];
  REQUIRE(::pipe(locked) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock(directory.path);
    if (::write(locked[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char ready;
  REQUIRE(::read(locked[0], &ready, 1) == 1);
  CHECK(refusal_elsewhere(directory) == 75);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(refusal_elsewhere(directory) == 0);
  ::close(locked[0]);
  ::close(locked[1]);
}

TEST_CASE("a directory that cannot be locked is refused with 73", "[run_lock]") {
  const TemporaryDirectory directory;
  const std::string missing = directory / "none";
  const Outcome refused = outcome([&] { RunLock lock(missing); });
  CHECK(refused.code == 73);
  CHECK(refused.message == missing + "/.lock: cannot create: No such file or directory");
}

TEST_CASE("a lock that was removed or replaced is noticed", "[run_lock]") {
  const TemporaryDirectory directory;
  const RunLock lock(directory.path);
  CHECK(outcome([&] { lock.check(); }).code == 0);
  std::filesystem::remove(directory / ".lock");
  CHECK(outcome([&] { lock.check(); }).code == 75);
  const RunLock second(directory.path);  // as another process would get it
  CHECK(outcome([&] { lock.check(); }).code == 75);
  CHECK(outcome([&] { second.check(); }).code == 0);
}
