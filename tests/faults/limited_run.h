// What the tests of faults share: running the program under limits, and what it left on the terminal.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/program/program.h"

struct LimitedRun {
  int code;  // −1 if a signal ended it
  std::string err;
  double seconds;      // of processor time
  double peak_memory;  // bytes
};

// Runs the program with these arguments in the directory, with variables such as "A=1" in its environment. It
// is killed after 10 s of processor time or 60 s in all.
inline LimitedRun run_limited(const TemporaryDirectory& here, const std::vector<std::string>& arguments,
                              const std::vector<std::string>& environment = {}) {
  const char* const other = std::getenv("ELBO_PROGRAM");  // of tests/mutation/run
  const std::string program = other ? other : ELBO_PROGRAM, err = here / ".err", out = here / ".out";
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit processor{10, 10};
    ::setrlimit(RLIMIT_CPU, &processor);
    ::alarm(60);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    for (const std::string& variable : environment) ::putenv(const_cast<char*>(variable.c_str()));
    if (::chdir(here.path.c_str()) == 0) ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used = {};
  ::wait4(child, &status, 0, &used);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(err),
          seconds(used.ru_utime) + seconds(used.ru_stime), 1024 * double(used.ru_maxrss)};
}

// One line that begins with "elbo: ", after at most two warnings, and nothing that moves the cursor.
inline bool is_told(const std::string& err) {
  const auto lines = std::count(err.begin(), err.end(), '\n');
  const bool plain = std::all_of(err.begin(), err.end(), [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
  return plain && lines >= 1 && lines <= 3 && err.rfind("elbo: ", 0) == 0 && err.size() < 5000;
}
