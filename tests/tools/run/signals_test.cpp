// Signals, each in a forked child, which reports by its exit code.
#include "tools/run/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.h"

namespace {

const int watched[] = {SIGINT, SIGTERM, SIGHUP};

// The exit code of a child that watches, then raises these signals and exits with 128 + stop_signal(); -1 if
// a signal killed it.
// The tests may run in the background or under nohup, which ignore some: the child begins with `inherited`.
int exit_code_after(const std::vector<int>& signals, void (*inherited)(int) = SIG_DFL) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : watched) ::signal(signal, inherited);
    tools::watch_signals();
    for (const int signal : signals) ::raise(signal);
    ::_exit(128 + tools::stop_signal());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("the first SIGINT, SIGTERM or SIGHUP is a request to stop", "[signals]") {
  CHECK(exit_code_after({}) == 128);
  CHECK(exit_code_after({SIGINT}) == 130);
  CHECK(exit_code_after({SIGTERM}) == 143);
  CHECK(exit_code_after({SIGHUP}) == 129);
  CHECK(exit_code_after({SIGTERM, SIGTERM}) == 143);
}

TEST_CASE("an interrupt while stopping leaves at once with 130", "[signals]") {
  CHECK(exit_code_after({SIGINT, SIGINT, SIGKILL}) == 130);
  CHECK(exit_code_after({SIGTERM, SIGINT, SIGKILL}) == 130);
}

TEST_CASE("a broken pipe does not kill", "[signals]") { CHECK(exit_code_after({SIGPIPE}) == 128); }

TEST_CASE("a signal that the parent ignores stays ignored", "[signals]") {
  for (const int signal : watched) CHECK(exit_code_after({signal, signal}, SIG_IGN) == 128);
}
