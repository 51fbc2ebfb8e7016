// The commands of a program: how they declare their options, and how one of them is run.
#pragma once

#include <functional>

#include "tools/command_line.h"
#include "tools/option.h"

namespace tools {

// What a command does once the command line has been parsed into its options. Returns the exit code.
using Command = std::function<int()>;

// Adds a command with its options.
using AddCommand = Command (*)(CommandLine& program);

// Parses the command line and runs the command that it names. Returns the exit code.
int run_command(CommandLine& program, const std::vector<AddCommand>& commands, int argc, char** argv);

// Adds --NAME, or -N. The value is read by read_text, because CLI11 takes -1 for 2^64 - 1 and 010 for 8.
void add_option(CommandLine& command, const Option& option);

}  // namespace tools
