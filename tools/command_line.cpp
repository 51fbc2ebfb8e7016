// Reading the command line by CLI11, in the one source that includes it.
#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/printable.h"

namespace tools {

CommandLine::CommandLine(const std::string& name, const std::string& help, const std::string& footer)
    : own_(std::make_unique<CLI::App>(help, name)), app_(own_.get()) {
  app_->footer(footer);
  const auto print = [this, footer] {
    describe(app_->get_name());
    std::string line = footer;
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::printf("footer\t%s\n", line.c_str());
    throw CLI::Success();
  };
  app_->add_flag_callback("--describe", print)->group("");  // hidden
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
                             const std::string& type, const std::string& default_value,
                             const std::vector<std::string>& choices) {
  for (const std::string& choice : choices) choices_[name] += (choices_[name].empty() ? "" : " ") + choice;
  app_->add_option_function<std::string>(name, read, help)->type_name(type)->default_str(default_value);
}

void CommandLine::add_option_at_once(const std::string& name, const Read& read, const std::string& help) {
  app_->add_option_function<std::string>(name, read, help)->trigger_on_parse();
}

void CommandLine::add_flag_or_option(const std::string& name, const Read& read, const std::string& help,
                                     const std::string& type) {
  app_->add_option_function<std::string>(name, read, help)->type_name(type)->expected(0, 1);
}

void CommandLine::add_argument(const std::string& name, std::string& value, const std::string& help) {
  app_->add_option(name, value, help)->required();
}

void CommandLine::add_arguments(const std::string& name, std::vector<std::string>& values,
                                const std::string& help) {
  app_->add_option(name, values, help);
}

// The words in the order in which they were typed (CLI11 reverses them), and what the first option among them
// may have been.
std::string CommandLine::unexpected(const std::vector<std::string>& words) const {
  std::vector<std::string> known;
  for (const CLI::Option* option : app_->get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  std::string message = words.size() == 1 ? "this was not expected:" : "these were not expected:";
  for (const std::string& word : words) message += " " + word;
  const auto option = std::find_if(words.begin(), words.end(),
                                   [](const std::string& word) { return word.rfind("--", 0) == 0; });
  return message + (option == words.end() ? "" : did_you_mean(option->substr(0, option->find('=')), known));
}

namespace {

// An empty word says nothing, but --resume "$RUN" or -o "$FILE" would mean something else than was typed.
void refuse_empty_words(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (argv[i][0] == '\0')
      throw Failure(exit_usage, std::string("the word after ") + argv[i - 1] +
                                    " is empty: has a variable of the shell no value?");
}

// Of "--epochs: 1 required N missing" and "--epochs: At Most 1 required but received 2".
std::string wrong_count(const std::string& message) {
  const bool many = message.find("received") != std::string::npos;
  return message.substr(0, message.find(':')) + (many ? " is given more than once" : " needs a value");
}

}  // namespace

std::optional<int> CommandLine::parse(int argc, char** argv) {
  refuse_empty_words(argc, argv);
  std::string message;
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ExtrasError&) {
    const CommandLine* line = this;
    for (const auto& command : commands_)
      if (command->app_->parsed()) line = command.get();
    message = line->unexpected(app_->remaining(true));
  } catch (const CLI::ArgumentMismatch& e) {
    message = wrong_count(e.what());
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app_->exit(e);  // --help, --version
    message = e.what();
  }
  // Of a command that does not exist CLI11 says only that one is required.
  std::vector<std::string> names;
  for (const auto& command : commands_) names.push_back(command->app_->get_name());
  if (!names.empty() && argc > 1 && argv[1][0] != '-' &&
      std::find(names.begin(), names.end(), argv[1]) == names.end())
    message = std::string("there is no command ") + argv[1] + did_you_mean(argv[1], names);
  std::fprintf(stderr, "elbo: %s%s\n", printable(message, 1000).c_str(),
               message.back() == '?' ? "" : "; see --help");
  return exit_usage;
}

std::size_t CommandLine::parsed_subcommand() const {
  std::size_t i = 0;
  while (!commands_.at(i)->app_->parsed()) ++i;
  return i;
}

bool CommandLine::given(const std::string& name) const { return app_->count(name) > 0; }

void CommandLine::describe(const std::string& name) const {
  std::printf("command\t%s\t%s\n", name.c_str(), app_->get_description().c_str());
  for (const CLI::Option* o : static_cast<const CLI::App*>(app_)->get_options()) {
    const std::string help = o->get_description();
    if (o->get_group().empty()) continue;  // hidden
    if (o->get_positional()) {
      std::printf("argument\t%s\t%s\n", o->get_name().c_str(), help.c_str());
      continue;
    }
    std::string names;
    for (const std::string& letter : o->get_snames()) names += (names.empty() ? "-" : ",-") + letter;
    for (const std::string& word : o->get_lnames()) names += (names.empty() ? "--" : ",--") + word;
    const auto choices = choices_.find(names);
    std::printf("option\t%s\t%s\t%s\t%s\t%s\n", names.c_str(),
                o->get_type_size() ? o->get_type_name().c_str() : "", o->get_default_str().c_str(),
                choices == choices_.end() ? "" : choices->second.c_str(), help.c_str());
  }
  for (const auto& command : commands_) command->describe(name + " " + command->app_->get_name());
}

}  // namespace tools
