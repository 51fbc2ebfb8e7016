// Standard streams, exit codes, and starting another program.
#include "tools/program.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <new>

#include "tools/errors.h"

namespace tools {

const char* const exit_codes =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 a value is not finite, 65 bad data, 66 no such input,\n"
    "69 not built, 70 internal error, 73 cannot create a file, 74 cannot read or write, 75 the run is in\n"
    "use, 129, 130 and 143 stopped by SIGHUP, Ctrl-C or SIGTERM after saving.";

namespace {

// A closed standard stream's number would go to the next file that is opened, and what is printed would go
// into that file. /dev/null takes its place, opened so that every use of it fails.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

extern "C" void on_no_memory(int) {
  const char line[] =
      "elbo: out of memory: OpenBLAS needs 128 MiB of addresses for each thread (ulimit -v)\n";
  if (write(STDERR_FILENO, line, sizeof line - 1) < 0) _exit(exit_io);
  _exit(exit_runtime);
}

// While the program is loaded OpenBLAS starts a thread for every processor that the process may use. They
// would do nothing (autograd/threads.h), so it is shown one processor. A function in .preinit_array is called
// before libraries are initialised.
cpu_set_t processors;

void before_loading(int, char**, char**) {
  await_memory(true);
  cpu_set_t one;
  CPU_ZERO(&one);
  if (sched_getaffinity(0, sizeof processors, &processors) != 0) return;
  CPU_SET(std::size_t(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}
[[gnu::section(".preinit_array"), gnu::used]] void (*first_of_all)(int, char**, char**) = before_loading;

int fail(int code, const std::string& message) {
  std::fprintf(stderr, "elbo: %s\n", message.c_str());
  return code;
}

int exit_code_of(int (*run)(int argc, char** argv), int argc, char** argv) {
  try {
    const int code = run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return fail(exit_io, "standard output cannot be written");
    return code;
  } catch (const Failure& e) {
    return fail(e.code(), e.what());
  } catch (const std::bad_alloc&) {
    return fail(exit_runtime, "out of memory");
  } catch (const std::exception& e) {
    return fail(exit_internal, printable(e.what()));
  }
}

}  // namespace

void await_memory(bool begin) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  signal(SIGALRM, begin ? on_no_memory : SIG_DFL);
  alarm(begin ? 3 : 0);
}

void run_program(int argc, char** argv, int (*run)(int argc, char** argv)) {
  await_memory(false);
  if (CPU_COUNT(&processors) > 0) sched_setaffinity(0, sizeof processors, &processors);
  keep_standard_streams();
  ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is then an error of the write
  const int code = exit_code_of(run, argc, argv);
  // An orderly exit would destroy what waiting threads still look at.
  std::fflush(nullptr);
  _exit(code);
}

void become_sibling(const std::string& name, char** arguments) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  execv((here / name).c_str(), arguments);
  throw Failure(exit_no_program,
                "the program " + (here / name).string() +
                    " is not here; in the source folder, `ninja -C build` builds it beside elbo");
}

}  // namespace tools
