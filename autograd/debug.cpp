// The switch of the debug mode.
#include "autograd/debug.h"

#include <atomic>

namespace autograd {

namespace {

#ifdef ELBO_DEBUG
std::atomic<bool> debug_mode = true;
#else
std::atomic<bool> debug_mode = false;
#endif

}  // namespace

void set_debug(bool on) { debug_mode = on; }
bool debug() { return debug_mode.load(std::memory_order_relaxed); }

}  // namespace autograd
