// Independent component analysis: as many latents as pixels, independent and not normal, and a decoder that
// is a matrix without noise:
//
//     p(s) = Π_i p(s_i)   x = A s          log p(x) = Σ_i log p((W x)_i) + log |det W|,   W = A⁻¹
//
// MacKay 1996 ("Maximum likelihood and covariant algorithms for independent component analysis"); Bell &
// Sejnowski 1995. No bound is needed: s is a function of x, so log p(x) is exact. The means of x and s are 0.
//
// W is known up to the order of its rows and their scales and signs, unless two sources are normal: then any
// rotation of them has the same p(x) (Comon 1994). Principal components (ppca.h) stop there: they find W up
// to a rotation.
#pragma once

#include "nn/distributions/density.h"
#include "vae/exact/ppca.h"

namespace vae {

// p(s), of elements that are independent and alike.  shape: [B,D]
using Sources = Density (*)(const Shape& shape);
Density laplace_sources(const Shape& shape);   // ½ e^−|s|, for sources that are mostly near 0
Density logistic_sources(const Shape& shape);  // 1 / (4 cosh² s/2), as Bell & Sejnowski have it
Density normal_sources(const Shape& shape);    // N(0, 1), under which W stays unknown

struct ICA {
  // std::invalid_argument unless W is [D,D].
  ICA(const Array& W, Sources p);

  Var sources(Var x) const;  // W x of each row.  x: [B,D]  ->  [B,D]
  Var log_px(Var x) const;   // [B] nats; std::domain_error if W has no inverse

  // W += rate · ∇L WᵀW, where L is the mean of log p(x) over these data: the steepest ascent of L measured in
  // s, which does not depend on what A is (Amari, Cichocki & Yang 1996).  x: [N,D]
  void natural_gradient_step(const Array& x, double rate);

  Parameter W;
  Sources p;
};

// Λ^−½ Uᵀ of data that fill all dimensions: W x has covariance I. All that second moments tell.  ->  [D,D]
Array whitening(const PrincipalComponents& data);

// How far W A is from a permutation with scales: 0 if it is one, at most 1.
//
//     1/(2D(D−1)) [ Σ_i (Σ_j |P_ij| / max_j |P_ij| − 1) + Σ_j (Σ_i |P_ij| / max_i |P_ij| − 1) ],   P = W A
//
// Amari, Cichocki & Yang 1996 ("A new learning algorithm for blind signal separation"), without the factor in
// front. W, A: [D,D], D ≥ 2; std::invalid_argument otherwise.
double amari_distance(const Array& W, const Array& A);

}  // namespace vae
