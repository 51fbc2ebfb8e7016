// The program `elbo-court`, which `elbo court …` starts: its command line.
#include <algorithm>
#include <cstdio>

#include "tools/command_line.h"
#include "tools/court/court.h"
#include "tools/errors.h"
#include "tools/program.h"

namespace tools {

namespace {

int run(int argc, char** argv) {
  CommandLine program("elbo court", "bounds, evidence and gradient estimators against exact truth",
                      exit_codes);
  std::vector<std::string> words;
  bool json = false;
  program.add_arguments("NAME", words,
                        "words of a kind, an estimator or a model, such as gradient (default: all)");
  program.add_flag("--json", json, "print a JSON array, one object for each case");
  if (const std::optional<int> code = program.parse(argc, argv)) return *code;

  const std::vector<Verdict> verdicts = hold_court(words);
  std::printf("%s", json ? (as_json(verdicts) + "\n").c_str() : as_text(verdicts).c_str());
  const auto ok = [](const Verdict& v) { return v.as_expected(); };
  return std::all_of(verdicts.begin(), verdicts.end(), ok) ? exit_ok : exit_runtime;
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) { tools::run_program(argc, argv, tools::run); }
