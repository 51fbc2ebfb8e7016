// A program's command line: commands, options, --help. CLI11 parses it; command_line.cpp is the only source
// that includes CLI11, because its header alone takes as long to compile as ten small sources.
//
// `PROGRAM --describe`, which --help does not mention, prints all of it for manual.awk, which makes the
// manual page and the shells' completions. A line for each thing, its fields between tabs; an option and an
// argument belong to the command above them:
//
//     command   elbo train   HELP                                      footer   TEXT
//     option    -n,--name    TYPE, empty of a flag   DEFAULT   CHOICES, between spaces   HELP
//     argument  NAME         HELP
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tools {

class CommandLine {
 public:
  // `footer` ends the help text.
  CommandLine(const std::string& name, const std::string& help, const std::string& footer);
  ~CommandLine();
  CommandLine(CommandLine&&) = delete;

  // A command of this program, with options of its own. Once there is one, a command must be given.
  CommandLine* add_subcommand(const std::string& name, const std::string& help);

  void add_version(const std::string& text);  // --version prints it

  // --NAME alone, which sets `value`.
  void add_flag(const std::string& name, bool& value, const std::string& help);

  // --NAME TEXT, which calls `read`: at once, or when all is known to be well formed. In the help text it has
  // the type and the default given. Completion offers the choices.
  using Read = std::function<void(const std::string& text)>;
  void add_option(const std::string& name, const Read& read, const std::string& help, const std::string& type,
                  const std::string& default_value, const std::vector<std::string>& choices = {});
  void add_option_at_once(const std::string& name, const Read& read, const std::string& help);

  // --NAME or --NAME TEXT: `read` gets the text, or an empty one.
  void add_flag_or_option(const std::string& name, const Read& read, const std::string& help,
                          const std::string& type);

  // Words without dashes: one that must be given, or any number.
  void add_argument(const std::string& name, std::string& value, const std::string& help);
  void add_arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);

  // Parses the command line. Returns an exit code if nothing is left to do: --help, --version or --describe
  // was printed, or a usage error in one line.
  std::optional<int> parse(int argc, char** argv);

  std::size_t parsed_subcommand() const;  // which of its commands was given, in the order of add_subcommand
  bool given(const std::string& name) const;  // whether the option --NAME was

 private:
  explicit CommandLine(CLI::App* app);
  std::string unexpected(const std::vector<std::string>& words) const;
  std::unique_ptr<CLI::App> own_;  // of a program; CLI11 owns those of its commands
  CLI::App* app_;
  std::vector<std::unique_ptr<CommandLine>> commands_;
  void describe(const std::string& name) const;
  std::map<std::string, std::string> choices_;  // of the options that have some, between spaces
};

}  // namespace tools
