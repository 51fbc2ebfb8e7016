// What is learned: an array that outlives the steps it is used in. On the tape it is a Var (tape.h).
#pragma once

#include <cstdint>
#include <memory>
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

  // Expires with the parameter. An optimizer, which keeps pointers to parameters, takes one of each.
  std::weak_ptr<const void> handle() const {
    if (!handle_) handle_ = std::make_shared<char>();
    return handle_;
  }
  bool has_handle() const { return handle_ != nullptr; }  // whether anybody took one

 private:
  friend class Tape;
  Array value_;
  std::uint64_t version_ = 0;
  mutable std::shared_ptr<const void> handle_;  // a copy of the parameter has its own
};

}  // namespace autograd
