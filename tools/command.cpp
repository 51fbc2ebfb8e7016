#include "tools/command.h"

namespace tools {

void add_option(CLI::App& app, const Option& option) {
  static const char* const type_names[] = {"TEXT", "N", "X", "N,N,...", "X"};  // in the order of the variant
  const std::string name = option.name;
  app.add_option_function<std::string>((name.size() == 1 ? "-" : "--") + name,
                                       [option](const std::string& text) { read_text(option, text); },
                                       option.help)
      ->type_name(type_names[option.value.index()])
      ->default_str(to_text(option));
}

}  // namespace tools
