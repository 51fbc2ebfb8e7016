// Watching a tape at work: every value as it is computed, every adjoint as it arrives. Two things come of it:
// a profile (profile.h), and the first value that is not finite (trace.h).
#pragma once

#include <cstddef>

#include "autograd/array.h"

namespace autograd {

class Tape;

// Watches the current tape from its construction to its destruction. One at a time: the later one watches in
// place of the earlier.
class Observer {
 public:
  Observer();
  virtual ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  static double now();  // seconds

  // The value of node `index` has been computed, in so many seconds.
  virtual void computed(const Tape& tape, std::size_t index, double seconds) = 0;
  // In `backward`, node `index` has added to the adjoint of its input number `input`.
  virtual void pulled(const Tape& tape, std::size_t index, std::size_t input, const Array& adjoint,
                      double seconds) = 0;

 private:
  Tape& tape_;
  Observer* outer_;
};

}  // namespace autograd
