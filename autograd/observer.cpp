#include "autograd/observer.h"

#include <chrono>

#include "autograd/tape.h"

namespace autograd {

Observer::Observer() : tape_(Tape::current()), outer_(tape_.observer_) { tape_.observer_ = this; }

// Out of the chain of observers, wherever it is.
Observer::~Observer() {
  Observer** link = &tape_.observer_;
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
}

double Observer::now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace autograd
