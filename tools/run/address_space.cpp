// A product on every thread against the clock: nothing can be asked, and nothing else ends the attempts.
#include "tools/run/address_space.h"

#include <atomic>
#include <thread>
#include <vector>

#include "autograd/kernels/blas.h"
#include "autograd/threads.h"
#include "tools/program.h"
#include "tools/run/stopwatch.h"

namespace tools {

void check_address_space() {
  await_memory(true);
  constexpr std::size_t n = 256;  // small products need no memory of OpenBLAS on some processors
  std::atomic<std::size_t> arrived = 0;
  autograd::parallel_for(autograd::threads(), 1e6, [&](std::size_t, std::size_t) {
    // Each thread waits for the others, so that all take part; but not for one that could not be started.
    ++arrived;
    for (const Stopwatch waiting; arrived < autograd::threads() && waiting.seconds() < 0.1;)
      std::this_thread::yield();
    const std::vector<autograd::Real> a(n * n);
    std::vector<autograd::Real> b(n * n);
    autograd::gemm(false, false, n, n, n, a.data(), a.data(), b.data(), false);
  });
  await_memory(false);
}

}  // namespace tools
