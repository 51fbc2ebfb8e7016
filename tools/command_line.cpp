// Reading the command line by CLI11, in the one source that includes it.
#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/errors.h"
#include "tools/printable.h"

namespace tools {

CommandLine::CommandLine(const std::string& name, const std::string& help, const std::string& footer)
    : own_(std::make_unique<CLI::App>(help, name)), app_(own_.get()) {
  app_->footer(footer);
}

CommandLine::CommandLine(CLI::App* app) : app_(app) {}
CommandLine::~CommandLine() = default;

CommandLine* CommandLine::add_subcommand(const std::string& name, const std::string& help) {
  app_->require_subcommand(1);
  commands_.push_back(std::unique_ptr<CommandLine>(new CommandLine(app_->add_subcommand(name, help))));
  return commands_.back().get();
}

void CommandLine::add_version(const std::string& text) { app_->set_version_flag("--version", text); }

void CommandLine::add_flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}

void CommandLine::add_option(const std::string& name, const Read& read, const std::string& help,
                             const std::string& type, const std::string& default_value) {
  app_->add_option_function<std::string>(name, read, help)->type_name(type)->default_str(default_value);
}

void CommandLine::add_option_at_once(const std::string& name, const Read& read, const std::string& help) {
  app_->add_option_function<std::string>(name, read, help)->trigger_on_parse();
}

void CommandLine::add_argument(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->required();
}

void CommandLine::add_arguments(const std::string& name, std::vector<std::string>& values,
                                const std::string& help) {
  app_->add_option(name, values, help);
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app_->exit(e);  // --help, --version
    // Of a command that does not exist CLI11 says only that one is required.
    bool known = commands_.empty() || argc < 2 || argv[1][0] == '-';
    for (const auto& command : commands_) known = known || command->app_->get_name() == argv[1];
    const std::string message = known ? e.what() : std::string("there is no command ") + argv[1];
    std::fprintf(stderr, "elbo: %s; see --help\n", printable(message, 1000).c_str());
    return exit_usage;
  }
}

std::size_t CommandLine::parsed_subcommand() const {
  std::size_t i = 0;
  while (!commands_.at(i)->app_->parsed()) ++i;
  return i;
}

bool CommandLine::given(const std::string& name) const { return app_->count(name) > 0; }

}  // namespace tools
