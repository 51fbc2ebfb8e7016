// What a training step cannot be faster than, as passes to be timed beside it (step.cpp): its products and
// its update alone, and what the machine's multipliers and memory allow.
#pragma once

#include <cstddef>

#include "tools/bench/peer.h"

namespace tools {

// The VAE 784 –tanh→ H → 2Z → z –tanh→ H → 784 in batches of B.
struct StepSizes {
  std::size_t B, H, Z;
};

// Its eleven matrix products alone, into arrays that are there already, and one pass of Adam over as many
// parameters. The products are our gemm's, or OpenBLAS's on so many threads of its own.
Run products_and_adam(const StepSizes& sizes);
Run products_and_adam(const StepSizes& sizes, int blas_threads);

// As many multiplications and additions as these products have, in registers on all threads.
Run multiplications(const StepSizes& sizes);

// As many bytes read or written once as the products' matrices and Adam's arrays have, on all threads.
Run transfers(const StepSizes& sizes);

}  // namespace tools
