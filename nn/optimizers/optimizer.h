// What all optimizers share: a step that moves parameters against their gradients, and a state that a
// checkpoint can hold. Each algorithm stands alone in its own file, as one loop over the numbers of a
// parameter:
//
//     sgd.h      SGD, Momentum, Nesterov                         adam.h     Adam
//     rmsprop.h  RMSProp, MomentumRMSProp, CentredRMSProp        adamw.h    AdamW
//     adagrad.h  Adagrad                                         adamax.h   Adamax
//
// In all of them α is the learning rate, t = 1, 2, … counts the steps, and λ is a weight decay. Settings
// other than α are public members, by the symbols of the paper; set them before the first step. Defaults and
// arithmetic are those of PyTorch 1.13; where a paper differs, the header says so. by_name.h lists all
// optimizers; schedule.h changes α.
#pragma once

#include <cstdint>

#include "nn/optimizers/clip.h"
#include "nn/parameters.h"

namespace nn {

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // One step down the loss that these are the gradients of; each number g of a gradient is replaced by
  // clip(g). Before anything moves: std::invalid_argument if α is below 0 or not finite, or a parameter has
  // changed its shape; std::logic_error if a parameter no longer exists, or if the tape has grown from step
  // to step a thousand times, because the loop is without a Step.
  void step(const Gradients& gradients, const Clip& clip = {});

  // The arrays to save, under names such as "adam.m.encoder.0.weight". They begin at zero. `steps` must be
  // saved, too.
  using StateVisitor = std::function<void(const std::string& name, Array& state)>;
  void visit_state(const StateVisitor& visitor);

  double alpha;             // may change between steps
  std::uint64_t steps = 0;  // taken so far: t

 protected:
  // `state` names the arrays that are kept for every parameter, such as "adam.m". std::invalid_argument if a
  // parameter is given twice, or α as above.
  Optimizer(NamedParameters parameters, double alpha, std::vector<std::string> state = {});

  // Step t = `steps` for n numbers of a parameter and the same n of each of its state arrays, which are in
  // the order of their names. Several threads call it for different parts of a parameter.
  virtual void update(std::size_t n, const Real* gradient, Real* theta, Real* const* state,
                      const Clip& clip) const = 0;

 private:
  struct Item {
    std::string name;
    Parameter* parameter;
    std::weak_ptr<const void> handle;  // expires with the parameter
    std::vector<Array> state;
  };
  void check_tape();

  std::vector<Item> items_;
  std::vector<std::string> state_names_;
  std::size_t tape_size_ = 0, growing_ = 0;  // at the last step; steps in turn at which it had grown
};

}  // namespace nn
