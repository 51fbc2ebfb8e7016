// The eigenvalues and eigenvectors of a symmetric matrix, as arrays: no gradient leads through them.
//
//     A = V diag(λ) Vᵀ,   VᵀV = I,   λ₁ ≥ λ₂ ≥ …
//
// Principal components are those of a covariance matrix (../../vae/exact/ppca.h).
#pragma once

#include "autograd/array.h"

namespace autograd {

struct SymmetricEigen {
  Array values;   // λ, from the largest to the smallest   [N]
  Array vectors;  // V, whose column i belongs to λ_i; its sign is arbitrary   [N,N]
};

// A: [N,N], of which the lower triangle is read. std::invalid_argument for another shape, std::domain_error
// if an element is not finite.
SymmetricEigen symmetric_eigen(const Array& A);

}  // namespace autograd
