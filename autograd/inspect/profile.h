// Where a step's time and memory go, by operation.
//
//     Profile profile;                    // watches the current tape until the end of this block
//     { Step step;  backward(loss()); }
//     std::puts(profile.table().c_str());
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "autograd/observer.h"

namespace autograd {

class Profile : public Observer {
 public:
  struct Row {
    std::string op;
    std::size_t count = 0, bytes = 0;  // how often it was recorded, and the memory of its values
    double forward = 0, backward = 0;  // seconds: of its values, and of its rules in `backward`
  };

  std::vector<Row> rows() const;                   // the longest first
  std::string table(std::size_t steps = 1) const;  // the rows as text, per step if several were watched

  void started() override;
  void computed(const Tape& tape, std::size_t index) override;
  void pulled(const Tape& tape, std::size_t index, std::size_t input, const Array& adjoint) override;

 private:
  double seconds();  // since the last call, or since started()

  std::map<std::string, Row> rows_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

}  // namespace autograd
