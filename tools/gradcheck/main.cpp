// The program `elbo-gradcheck`, which `elbo gradcheck …` starts: its command line.
#include <algorithm>
#include <cstdio>

#include "tools/command_line.h"
#include "tools/errors.h"
#include "tools/gradcheck/gradcheck.h"
#include "tools/program.h"

namespace tools {

namespace {

int run(int argc, char** argv) {
  CommandLine program("elbo gradcheck",
                      "check every gradient against finite differences, in double, to second order",
                      exit_codes);
  std::vector<std::string> names;
  bool list = false, json = false;
  program.add_arguments("NAME", names, "names or kinds, such as tanh, kl or model (default: all)");
  program.add_flag("--list", list, "print what there is to check, or what NAME stands for: kind and name");
  program.add_flag("--json", json, "print a JSON array of {name, kind, cases, order1, order2, ok}");
  if (const std::optional<int> code = program.parse(argc, argv)) return *code;

  if (list && json) throw Failure(exit_usage, "--list prints lines and --json results: take one of them");
  if (list) {
    for (const std::string& line : gradcheck_list(names)) std::printf("%s\n", line.c_str());
    return exit_ok;
  }
  const std::vector<GradientRow> rows = gradcheck(names);
  std::printf("%s", json ? (as_json(rows) + "\n").c_str() : as_text(rows).c_str());
  const auto ok = [](const GradientRow& row) { return row.check.ok(); };
  return std::all_of(rows.begin(), rows.end(), ok) ? exit_ok : exit_runtime;
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) { tools::run_program(argc, argv, tools::run); }
