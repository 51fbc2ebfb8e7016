// Threads: of the matrix products, which OpenBLAS splits by itself, and of loops over many images.
// Everything else runs on the thread that calls it: beside the products it does not count.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace autograd {

void set_threads(std::size_t threads);  // at least 1
std::size_t threads();

// f(i, worker) for every i < count, shared among as many workers as there are threads, numbered from 0; one alone if all
// together take fewer than a few million operations, about what it costs to start a thread. f must neither record nor call BLAS,
// which has threads of its own; a result that is made for one i alone then has the same bits with any number of threads. The
// first exception is thrown again.
void parallel_for(std::size_t count, double operations, const std::function<void(std::size_t i, std::size_t worker)>& f);

// The processor that the products are tuned for, such as "SkylakeX": their last bits depend on it.
std::string blas_kernel();

}  // namespace autograd
