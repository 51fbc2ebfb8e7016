#include "tools/blas_kernel.h"

#include <unistd.h>

#include <cstdlib>

#include "autograd/threads.h"

namespace tools {

void use_avx512_kernels([[maybe_unused]] char** argv) {
#if defined(__x86_64__)
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (!has_avx512 || autograd::blas_kernel() != "Haswell" || std::getenv("OPENBLAS_CORETYPE")) return;
  setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
  execv("/proc/self/exe", argv);  // returns only if it fails: then all goes on as it was, slower
#endif
}

}  // namespace tools
