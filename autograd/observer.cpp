#include "autograd/observer.h"

#include <utility>

#include "autograd/tape.h"

namespace autograd {

Observer::Observer() : tape_(Tape::current()), outer_(tape_.observer_) { tape_.observer_ = this; }

// Takes itself out of the chain of observers, wherever in it it is.
Observer::~Observer() {
  Observer** link = &tape_.observer_;
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
}

Unobserved::Unobserved() : tape_(Tape::current()), observer_(std::exchange(tape_.observer_, nullptr)) {}

Unobserved::~Unobserved() { tape_.observer_ = observer_; }

}  // namespace autograd
