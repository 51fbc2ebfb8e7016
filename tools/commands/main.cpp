// The program `elbo`: its commands are in commands.cpp, code_commands.cpp, factors_command.cpp
// and fill_command.cpp.
#include <string>

#include "autograd/version.h"
#include "tools/command.h"
#include "tools/commands/commands.h"
#include "tools/program.h"

namespace tools {

namespace {

// These commands are programs of their own (program.h), found beside this one. They are declared for --help
// alone.
Command add_gradcheck(CommandLine& program) {
  program.add_subcommand("gradcheck",
                         "check every gradient against finite differences, in double, to second order");
  return {};
}

Command add_lesson(CommandLine& program) {
  program.add_subcommand("lesson", "what is claimed of variational autoencoders, measured on exact models");
  return {};
}

Command add_court(CommandLine& program) {
  program.add_subcommand("court", "bounds, evidence and gradient estimators against exact truth");
  return {};
}

Command add_bench(CommandLine& program) {
  program.add_subcommand("bench", "measure speed");
  return {};
}

int run(int argc, char** argv) {
  for (const std::string name : {"gradcheck", "lesson", "court", "bench"})
    if (argc > 1 && argv[1] == name) become_sibling("elbo-" + name, argv + 1);

  CommandLine program(
      "elbo",
      "elbo: variational autoencoders on a small autodiff engine. `elbo train` trains one in a minute.",
      exit_codes);
  program.add_version("elbo " ELBO_VERSION);
  return run_command(
      program,
      {add_train, add_eval, add_score, add_sample, add_reconstruct, add_fill, add_traverse, add_interpolate,
       add_encode, add_factors, add_report, add_check, add_gradcheck, add_lesson, add_court, add_bench},
      argc, argv);
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) { tools::run_program(argc, argv, tools::run); }
