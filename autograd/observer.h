// Watching a tape at work: every value when it is computed, every adjoint when a term has arrived. Two things
// come of it: a profile (inspect/profile.h), and the first value that is not finite (inspect/trace.h).
#pragma once

#include <cstddef>

#include "autograd/array.h"

namespace autograd {

class Tape;

// Watches the current tape from its construction to its destruction. One at a time: a later one watches in
// place of an earlier one until it ends.
class Observer {
 public:
  Observer();
  virtual ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // A value, or the terms of a node's inputs, are about to be computed.
  virtual void started() {}
  // The value of node `index` has been computed.
  virtual void computed(const Tape& tape, std::size_t index) = 0;
  // In `backward`, node `index` has added to the adjoint of its input number `input`.
  virtual void pulled(const Tape& tape, std::size_t index, std::size_t input, const Array& adjoint) = 0;

 private:
  Tape& tape_;
  Observer* outer_;
};

// A block whose operations no observer of the current tape sees.
class Unobserved {
 public:
  Unobserved();
  ~Unobserved();
  Unobserved(const Unobserved&) = delete;
  Unobserved& operator=(const Unobserved&) = delete;

 private:
  Tape& tape_;
  Observer* observer_;
};

}  // namespace autograd
