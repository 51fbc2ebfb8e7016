// The number of threads, and loops that they share: products of matrices, and loops over many elements,
// parameters or images. Everything else runs on the calling thread. OpenBLAS is held to one thread, for the
// whole process: products are split by ../kernels/blas.cpp.
//
// No result depends on the number of threads, in no bit.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace autograd {

void set_threads(std::size_t threads);  // at least 1
std::size_t threads();                  // at first as many as OpenBLAS has chosen; in our programs one

// Calls f(i, worker) for every i < count. Workers are threads numbered from 0. There is one, the calling
// thread, if another call holds the threads, such as a loop around this one, or if the whole loop is expected
// to take less than two microseconds, or twelve, twice the cost of waking a thread, if the others sleep: for
// 200 microseconds after a loop they look for the next. f must not record, and its results must not depend on
// which worker computes them. The first exception is thrown again.
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
