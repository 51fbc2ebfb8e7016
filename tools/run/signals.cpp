// The handlers. One may interrupt any instruction of any thread, so it uses one lock-free atomic and calls
// nothing but _exit.
#include "tools/run/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "tools/errors.h"

namespace tools {
namespace {

std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not wait for a lock");

extern "C" void on_stop_signal(int signal) {
  int none = 0;
  const bool is_first = first_signal.compare_exchange_strong(none, signal);
  if (!is_first && signal == SIGINT) ::_exit(exit_interrupted);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction inherited = {};
  ::sigaction(signal, nullptr, &inherited);
  if (inherited.sa_handler == SIG_IGN) return;  // as a shell starts a job in the background
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // interrupted reads and writes continue
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_signals() {
  handle(SIGINT, on_stop_signal);
  handle(SIGTERM, on_stop_signal);
  handle(SIGHUP, on_stop_signal);
  handle(SIGPIPE, SIG_IGN);
}

void let_signals_end() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal, SIG_DFL);
}

int stop_signal() { return first_signal; }

}  // namespace tools
