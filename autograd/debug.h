// Mistakes that compile, run, and quietly give wrong numbers. What costs nothing to notice is always an
// error; the rest is noticed in debug mode:
//
//     an array of value() that is read after its Step      is NaN                  tape.cpp
//     backward from a loss that is not finite              std::domain_error       backward.cpp
//     a gradient of a parameter that no optimizer has      std::logic_error        optimizer.cpp
//     two weights that were drawn from one stream          std::logic_error        optimizer.cpp
//
// Always: a loop without a Step, a parameter that died before its optimizer, a learning rate
// below 0 (nn/optimizers/optimizer.cpp); pixels outside [0, 1] under a Bernoulli (vae/likelihood.cpp); a
// gradient check in float (gradcheck.cpp); -ffast-math (xtensor.h).
#pragma once

#include "autograd/array.h"

namespace autograd {

// On from the start where the library was built for debugging (meson's --buildtype=debug).
void set_debug(bool on);
bool debug();

void check_finite_loss(double loss);  // std::domain_error

void blot(Array& values);  // NaN in every place

}  // namespace autograd
