#include "autograd/threads.h"

#include <cblas.h>

#include <algorithm>

namespace autograd {

void set_threads(std::size_t threads) { openblas_set_num_threads(int(std::max<std::size_t>(1, threads))); }

std::size_t threads() { return std::size_t(openblas_get_num_threads()); }

std::string blas_kernel() { return openblas_get_corename(); }

}  // namespace autograd
