// The switch of the debug mode, and what it does to numbers.
#include "autograd/debug.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

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

void check_finite_loss(double loss) {
  if (!std::isfinite(loss)) throw std::domain_error("[backward] the loss is " + std::to_string(loss));
}

void blot(Array& values) { values.fill(std::numeric_limits<Real>::quiet_NaN()); }

}  // namespace autograd
