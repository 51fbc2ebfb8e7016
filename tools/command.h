// What the commands of the program share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "tools/run/config.h"

namespace tools {

// A command fills its options when the line is parsed, and then runs; it returns an exit code.
using Command = std::function<int()>;

// --NAME, or -N. We read the values ourselves: CLI11 takes -1 for 2^64 - 1 and 010 for 8.
void add_option(CLI::App& app, const Option& option);

Command add_bench_step(CLI::App& app);
Command add_bench_ops(CLI::App& app);
Command add_bench_overhead(CLI::App& app);
Command add_bench_conv(CLI::App& app);

}  // namespace tools
