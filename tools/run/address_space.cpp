// A product against the clock: nothing can be asked, and nothing else ends the attempts.
#include "tools/run/address_space.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "autograd/ops.h"
#include "tools/errors.h"

namespace tools {

namespace {

extern "C" void on_no_memory(int) {
  const char line[] =
      "elbo: out of memory: OpenBLAS needs 128 MiB of addresses for each thread (ulimit -v)\n";
  if (::write(STDERR_FILENO, line, sizeof line - 1) < 0) ::_exit(exit_io);
  ::_exit(exit_runtime);
}

}  // namespace

void check_address_space() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  ::signal(SIGALRM, on_no_memory);
  ::alarm(3);
  autograd::Evaluation scope;
  const autograd::Var ones = autograd::constant(autograd::full({256, 256}, 1));  // enough for all threads
  matmul(ones, ones);
  ::alarm(0);
}

}  // namespace tools
