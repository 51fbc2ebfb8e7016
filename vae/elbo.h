// The evidence lower bound
//
//     log p(x) ≥ E_q[ log p(x|z) ] − Σ_t E_q[ KL( q(z_t|z_<t, x) ‖ p(z_t|z_<t) ) ]
//
// estimated with S reparameterized samples of z: Kingma & Welling 2013 (arXiv 1312.6114), eq. 7 with the KL
// in closed form, eq. 6 with log q(z) − log p(z) in its place; for several levels Child 2020 (arXiv
// 2011.10650), section 2.2. (A common misstatement has log p(x, z) in the first term: the prior would count
// twice.)
#pragma once

#include "vae/descent.h"

namespace vae {

// The bound in its forms (Hoffman & Johnson 2016, "ELBO surgery", section 1), by what stands for KL_t
// in one sample. They are equal in expectation; at q = p(z|x) the second has variance 0.
//
//     analytic      reconstruction minus KL     KL( q ‖ p ) in closed form
//     monte_carlo   E[ log p(x, z) − log q ]    log q(z_t) − log p(z_t)
//     entropy       energy plus entropy         −H[ q ] − log p(z_t), with H in closed form
//     mixed         at each level analytic if the pair of q and p has a closed form, else monte_carlo
enum class KLForm { analytic, monte_carlo, entropy, mixed };

// All [B], nats per datum, means over the S samples: elbo = reconstruction − kl, kl = Σ_t kl_per_level[t].
struct Bound {
  Var elbo;
  Var reconstruction;  // E_q[ log p(x|z) ]
  Var kl;
  std::vector<Var> kl_per_level;  // for t > 0 an average over z_<t ~ q
};

// x: [B,D].  The noise of sample s of datum i at level t comes from the stream's place (i, s, t). Where z₀
// has few values (Model::first_values), they are summed over, with S samples of the levels below each: that
// of sample s and value k is at the place (i, s K + k, t). std::invalid_argument for S = 0, or if the stream
// names another number of data than B.
Bound elbo(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream);

// The same of levels that were chosen: S·B rows, of which each datum's S are averaged. With samples = 1 they
// are not: every member is [S·B], and in the Monte Carlo form `elbo` is log p(x, z) − log q(z|x).
Bound bound_along(const Model& model, Var x, const std::vector<Level>& levels, std::size_t samples,
                  KLForm form);

// The means over S samples of each datum.  [S·B]  ->  [B]
Var over_samples(Var v, std::size_t samples);
Bound over_samples(const Bound& each, std::size_t samples);

// The bound of a model whose z₀ has K values v_k (Model::first_values), with q_k = q(z₀ = v_k|x) and p_k:
//
//     Σ_k q_k E_q[ log p(x|v_k, z_>0) − Σ_{t>0} KL_t ] − Σ_k q_k log q_k / p_k
//
// Of data whose z₀ is known, q_k is 1 at that value, and this is a bound on log p(x, z₀).  known: [B,K], a
// row one-hot, or 0 where it is not known. std::logic_error for a model without first_values.
Bound elbo_summed(const Model& model, Var x, std::size_t samples, KLForm form, const Stream& stream,
                  std::optional<Var> known = std::nullopt);

// std::logic_error, naming the function `of`, if a gradient is recorded and none leads through a draw of q.
void check_path(const char* of, const std::vector<Level>& levels);

// log p(x, z) − log q(z|x) at S samples z ~ q(z|x), the logarithms of importance weights.
// x: [B,D]  ->  [S·B].  Errors as above.
Var log_weights(const Model& model, Var x, std::size_t samples, const Stream& stream);

}  // namespace vae
