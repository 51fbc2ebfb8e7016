// Debug mode until the end of the scope. Elsewhere it is off in the tests, also in a debug build: many
// compute with NaN and infinity on purpose.
#pragma once

#include "autograd/debug.h"

struct DebugMode {
  DebugMode() { autograd::set_debug(true); }
  ~DebugMode() { autograd::set_debug(false); }
  DebugMode(const DebugMode&) = delete;
  DebugMode& operator=(const DebugMode&) = delete;
};
