// What a training step cannot do without, as passes to be timed beside it (step.cpp): its products and its
// update, and as many operations in registers and bytes through memory.
#pragma once

#include <cstddef>

#include "tools/bench/peer.h"

namespace tools {

// The VAE 784 –tanh→ H → 2Z → z –tanh→ H → 784 in batches of B.
struct StepSizes {
  std::size_t B, H, Z;
};

// Its eleven matrix products, into arrays that are there already: by our gemm, or by OpenBLAS on so many
// threads of its own.
Run our_products(const StepSizes& sizes);
Run blas_products(const StepSizes& sizes, int threads);

// One pass of Adam over as many parameters, as plain as it can be, on all threads.
Run adam(const StepSizes& sizes);

// As many multiplications and additions as these products have, in registers on all threads.
Run multiplications(const StepSizes& sizes);

// As many bytes as the products' matrices and Adam's arrays have, each read or written once, on all threads.
Run transfers(const StepSizes& sizes);

}  // namespace tools
