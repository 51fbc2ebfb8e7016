// The commands on runs: each adds itself and its options to the command line.
#pragma once

#include "tools/command.h"

namespace tools {

Command add_train(CommandLine& program);
Command add_eval(CommandLine& program);
Command add_sample(CommandLine& program);
Command add_reconstruct(CommandLine& program);

}  // namespace tools
