// Threads: of the matrix products, which OpenBLAS splits by itself, and of loops over many elements,
// parameters or images. Everything else runs on the thread that calls it: beside the products it does not
// count.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace autograd {

void set_threads(std::size_t threads);  // at least 1
std::size_t threads();

// f(i, worker) for every i < count, shared among as many workers as there are threads, numbered from 0; one
// alone if all together are expected to take less than twelve microseconds, twice what waking a thread costs,
// or if the threads are taken by another call. f must neither record nor ask BLAS for threads: in it a
// product has one. A result that is made for one i alone has the same bits with any number of threads. The
// first exception is thrown again.
void parallel_for(std::size_t count, double microseconds,
                  const std::function<void(std::size_t i, std::size_t worker)>& f);

// So many numbers are worth a thread's attention; a whole number of registers.
constexpr std::size_t numbers_at_once = 1 << 13;

// f(first, last) for ranges that together are 0 … count, the first of `grain` long, after which it is known
// whether it is worth sharing the rest among threads. f is as above, and where a range ends must not matter.
void share(std::size_t count, std::size_t grain,
           const std::function<void(std::size_t first, std::size_t last)>& f);

template <class F>
void in_ranges(std::size_t count, std::size_t grain, const F& f) {
  if (count < 3 * grain)
    f(0, count);
  else
    share(count, grain, f);
}

// The processor that the products are tuned for, such as "SkylakeX": their last bits depend on it.
std::string blas_kernel();

}  // namespace autograd
