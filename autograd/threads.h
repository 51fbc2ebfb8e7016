// The number of threads, and loops that they share: loops over many elements, parameters or images. OpenBLAS
// splits matrix products among as many threads by itself. Everything else runs on the calling thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace autograd {

void set_threads(std::size_t threads);  // at least 1
std::size_t threads();

// Calls f(i, worker) for every i < count. Workers are threads numbered from 0. There is one, the calling
// thread, if the whole loop is expected to take less than twelve microseconds, twice the cost of waking a
// thread, or if another call holds the threads. f must not record. A matrix product inside f runs on one
// thread, and f must not change the number of threads. A result that depends on one i alone has the same bits
// with any number of threads. The first exception is thrown again.
void parallel_for(std::size_t count, double microseconds,
                  const std::function<void(std::size_t i, std::size_t worker)>& f);

// The smallest piece of an array that is given to a thread; a multiple of the register width.
constexpr std::size_t numbers_at_once = 1 << 13;

// Calls f(first, last) for ranges of length `grain` that together are [0, count). The first range is timed,
// which tells whether sharing the rest among threads is worth it. f is restricted as above, and its results
// must not depend on where ranges end.
void share(std::size_t count, std::size_t grain,
           const std::function<void(std::size_t first, std::size_t last)>& f);

// The same, in one range if there is little to share.
template <class F>
void in_ranges(std::size_t count, std::size_t grain, const F& f) {
  if (count < 3 * grain)
    f(0, count);
  else
    share(count, grain, f);
}

// The processor that OpenBLAS has chosen its kernels for, such as "SkylakeX"; the last bits of products
// depend on it.
std::string blas_kernel();

}  // namespace autograd
