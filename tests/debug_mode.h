// Debug mode until the end of the scope.
#pragma once

#include "autograd/debug.h"

struct DebugMode {
  DebugMode() : before(autograd::debug()) { autograd::set_debug(true); }
  ~DebugMode() { autograd::set_debug(before); }
  DebugMode(const DebugMode&) = delete;
  DebugMode& operator=(const DebugMode&) = delete;

  const bool before;
};
