// What is learned: an array that outlives the steps it is used in. On the tape it is a Var (tape.h).
#pragma once

#include <cstdint>
#include <utility>

#include "autograd/array.h"

namespace autograd {

class Parameter {
 public:
  Parameter() = default;
  explicit Parameter(Array value) : value_(std::move(value)) {}
  Parameter(const Parameter& other) : value_(other.value_) {}
  Parameter& operator=(const Parameter& other) {
    update() = other.value_;
    return *this;
  }

  const Array& value() const { return value_; }
  const Shape& shape() const { return value_.shape(); }

  // For changing the value. A `backward` through a use made before the change throws: its gradient would mix
  // two values.
  Array& update() {
    ++version_;
    return value_;
  }

 private:
  friend class Tape;
  Array value_;
  std::uint64_t version_ = 0;
};

}  // namespace autograd
