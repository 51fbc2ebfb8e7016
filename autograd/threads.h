// Splitting long elementwise passes over threads. The products thread themselves (OpenBLAS).
#pragma once

#include <cstddef>
#include <string>

namespace autograd {

// Both for the products and for elementwise passes; at least 1.
void set_threads(std::size_t threads);
std::size_t threads();

// The processor that the products are tuned for, such as "SkylakeX": their last bits depend on it.
std::string blas_kernel();

// f(first, last) over ranges that cover [0, count), each but the last a multiple of `grain`.
template <class F>
void in_parallel(std::size_t count, std::size_t grain, const F& f) {
  (void)grain;
  f(std::size_t(0), count);
}

}  // namespace autograd
