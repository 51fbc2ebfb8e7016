// How a program starts and ends. There are `elbo`, and beside it `elbo-gradcheck`, `elbo-lesson`,
// `elbo-court` and `elbo-bench`, which `elbo gradcheck …` and the like start. They are programs of their own
// so that a user of `elbo` need not wait until what only a tester needs is compiled.
#pragma once

#include <string>

namespace tools {

extern const char* const exit_codes;  // as --help prints them

// The body of main(): calls `run`, turns what it throws into one line on stderr and an exit code, and leaves.
[[noreturn]] void run_program(int argc, char** argv, int (*run)(int argc, char** argv));

// OpenBLAS takes 128 MiB of addresses for each thread and, where these are limited (ulimit -v), tries for
// ever to get them. Between await_memory(true) and await_memory(false) the process ends after three seconds,
// in a line and with exit_runtime. While the program is loaded it is on.
void await_memory(bool begin);

// Becomes the program `name` that lies beside this one, with these arguments (the first is the program's own
// name, the last null). Throws Failure(exit_no_program) if it was not built.
[[noreturn]] void become_sibling(const std::string& name, char** arguments);

}  // namespace tools
