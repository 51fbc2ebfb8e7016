#include "autograd/threads.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace autograd {

void set_threads(std::size_t threads) { openblas_set_num_threads(int(std::max<std::size_t>(1, threads))); }

std::size_t threads() { return std::size_t(openblas_get_num_threads()); }

namespace {

// Products on one thread, until the end of a block.
struct OneThread {
  const std::size_t before = threads();
  OneThread() { set_threads(1); }
  ~OneThread() { set_threads(before); }
};

}  // namespace

void parallel_for(std::size_t count, double operations, const std::function<void(std::size_t, std::size_t)>& f) {
  constexpr double worth_a_thread = 4e6;
  const std::size_t workers = operations < worth_a_thread ? 1 : std::min(count, threads());
  const OneThread products;

  std::atomic<std::size_t> next = 0;
  std::exception_ptr error;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i; (i = next++) < count;) f(i, worker);
    } catch (...) {
      if (!failed.test_and_set()) error = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> others;
  others.reserve(workers);
  try {
    for (std::size_t worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
  } catch (const std::system_error&) {
    // No more threads to be had: those that are there do all the work.
  }
  work(0);
  for (std::thread& other : others) other.join();
  if (error) std::rethrow_exception(error);
}

std::string blas_kernel() { return openblas_get_corename(); }

}  // namespace autograd
