// Standard streams, exit codes, and starting another program.
#include "tools/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <new>

#include "tools/errors.h"

namespace tools {

const char* const exit_codes =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 a value is not finite, 65 bad data, 66 no such input, 69 "
    "not "
    "built,\n"
    "70 internal error, 73 cannot create a file, 74 cannot write, 75 the run is in use, 130 and 143 stopped "
    "by "
    "Ctrl-C or\n"
    "SIGTERM after saving.";

namespace {

// A closed standard stream's number would go to the next file that is opened, and what is printed would go
// into that file. /dev/null takes its place, opened so that every use of it fails.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int fail(int code, const char* message) {
  std::fprintf(stderr, "elbo: %s\n", message);
  return code;
}

}  // namespace

int run_program(int argc, char** argv, int (*run)(int argc, char** argv)) {
  keep_standard_streams();
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
    return fail(exit_internal, e.what());
  }
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
