// The commands of the program, and how they declare their options.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "tools/run/option.h"

namespace tools {

// What a command does once the command line has been parsed into its options. Returns the exit code.
using Command = std::function<int()>;

// Adds --NAME, or -N. The value is read by read_text, because CLI11 takes -1 for 2^64 - 1 and 010 for 8.
void add_option(CLI::App& app, const Option& option);

// Each adds a subcommand to `app`. In tools/run/commands.cpp:
Command add_train(CLI::App& app);
Command add_eval(CLI::App& app);
Command add_sample(CLI::App& app);
Command add_reconstruct(CLI::App& app);

// In tools/bench/commands.cpp:
Command add_bench_step(CLI::App& app);
Command add_bench_ops(CLI::App& app);
Command add_bench_overhead(CLI::App& app);
Command add_bench_conv(CLI::App& app);

}  // namespace tools
