// What resolve.h asks of the options that make the model: that they fit each other, with what was left open
// filled in.
#pragma once

#include "tools/config/config.h"

namespace tools {

// Failure(exit_usage).
void resolve_model(Config& config);

// Failure(exit_usage) "--NAME must be WHAT" unless it holds.
void require(const char* name, bool holds, const char* what);

}  // namespace tools
