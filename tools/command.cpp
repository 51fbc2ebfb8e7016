// Options on the command line.
#include "tools/command.h"

namespace tools {

void add_option(CLI::App& app, const Option& option) {
  static const char* const type_names[] = {"TEXT", "N", "X", "N,N,...", "X"};  // in the order of the variant
  app.add_option_function<std::string>((option.name.size() == 1 ? "-" : "--") + option.name,
                                       [option](const std::string& text) { read_text(option, text); },
                                       option.help)
      ->type_name(type_names[option.value.index()])
      ->default_str(to_text(option));
}

}  // namespace tools
