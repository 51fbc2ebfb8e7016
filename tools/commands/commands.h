// The commands on runs: each adds itself and its options to the command line.
#pragma once

#include "tools/command.h"

namespace tools {

Command add_train(CommandLine& program);
Command add_eval(CommandLine& program);
Command add_sample(CommandLine& program);
Command add_reconstruct(CommandLine& program);
Command add_encode(CommandLine& program);
Command add_score(CommandLine& program);
Command add_traverse(CommandLine& program);
Command add_interpolate(CommandLine& program);
Command add_fill(CommandLine& program);
Command add_factors(CommandLine& program);
Command add_report(CommandLine& program);
Command add_check(CommandLine& program);

}  // namespace tools
