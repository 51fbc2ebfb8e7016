// Mistakes that compile, run, and quietly give wrong numbers. What costs nothing to notice is always an
// error; the rest is noticed in debug mode:
//
//     an array of value() read after its Step                  it is NaN tape.cpp a loss that is not finite
//     std::domain_error in backward     backward.cpp a parameter with a gradient that no optimizer has
//     std::logic_error in step  nn/optimizers/optimizer.cpp two weights of an optimizer that begin equal
//     std::logic_error          nn/optimizers/optimizer.cpp
//
// Always: a loop without a Step (backward.cpp), a parameter that died before its optimizer, a learning rate
// below 0 (nn/optimizers/optimizer.cpp), pixels outside [0, 1] under a Bernoulli (vae/likelihood.cpp), a
// gradient check in float (gradcheck.cpp), -ffast-math (xtensor.h).
#pragma once

namespace autograd {

// On from the start where the library was built for debugging (meson's --buildtype=debug).
void set_debug(bool on);
bool debug();

}  // namespace autograd
