// Observers: a chain per tape, of which the newest one is told.
#include "autograd/observer.h"

#include <utility>

#include "autograd/tape.h"

namespace autograd {

Observer::Observer() : tape_(Tape::current()), outer_(tape_.observer_) { tape_.observer_ = this; }

// Removes itself from the chain of observers, at any position.
Observer::~Observer() {
  Observer** link = &tape_.observer_;
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
}

Unobserved::Unobserved() : tape_(Tape::current()), observer_(std::exchange(tape_.observer_, nullptr)) {}

Unobserved::~Unobserved() { tape_.observer_ = observer_; }

}  // namespace autograd
