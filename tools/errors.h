// Exit codes of the program, and the errors that carry them. The program prints `elbo: ` and the message as
// one line on stderr.
#pragma once

#include <stdexcept>
#include <string>

#include "tools/printable.h"

namespace tools {

enum ExitCode {
  exit_ok = 0,
  exit_runtime = 1,
  exit_usage = 2,
  exit_not_finite = 3,
  exit_bad_data = 65,
  exit_no_input = 66,
  exit_no_program = 69,
  exit_internal = 70,
  exit_cannot_create = 73,
  exit_io = 74,
  exit_locked = 75,
  exit_hung_up = 129,
  exit_interrupted = 130,
  exit_terminated = 143,
};

// One line for the user: what is wrong with what, and what to do. Names in it may come from files and from
// the command line.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message)
      : std::runtime_error(printable(message, longest)), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  static constexpr std::size_t longest = 2000;  // bytes
  ExitCode code_;
};

}  // namespace tools
