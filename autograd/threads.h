// The threads of the matrix products. Everything else runs on the thread that calls it: beside the products it does not count.
#pragma once

#include <cstddef>
#include <string>

namespace autograd {

void set_threads(std::size_t threads);  // at least 1
std::size_t threads();

// The processor that the products are tuned for, such as "SkylakeX": their last bits depend on it.
std::string blas_kernel();

}  // namespace autograd
