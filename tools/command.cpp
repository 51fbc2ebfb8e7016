// Options and commands on the command line.
#include "tools/command.h"

#include "tools/errors.h"

namespace tools {

void add_option(CommandLine& command, const Option& option) {
  static const char* const type_names[] = {"TEXT", "N", "X", "N,N,...", "X"};  // in the order of the variant
  command.add_option(
      typed_name(option), [option](const std::string& text) { read_text(option, text); }, option.help,
      type_names[option.value.index()], to_text(option), option.choices ? *option.choices : Names());
}

int run_command(CommandLine& program, const std::vector<AddCommand>& commands, int argc, char** argv) {
  std::vector<Command> run;
  for (const AddCommand add : commands) run.push_back(add(program));
  if (const std::optional<int> code = program.parse(argc, argv)) return *code;
  return run.at(program.parsed_subcommand())();
}

}  // namespace tools
