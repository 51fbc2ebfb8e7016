// Hierarchical models whose log p(x) is known exactly: one scalar per level, every conditional linear with
// constant variance,
//
//     u_i | u_<i  ~  N( w_i · u_<i + c_i, v_i )        u = (z₀ … z_{L−1}, x₀ … x_{D−1})
//
// so all of them together are one Gaussian, and conditionals, densities, KL divergences and expected bounds
// are small linear algebra, here in double and without the tape. An AutoregressiveVAE without hidden layers
// is such a model once its variances are constant; its weights are read from it by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/random.h"
#include "vae/descent.h"

namespace linear_gaussian {

using Vector = std::vector<double>;
using Indices = std::vector<std::size_t>;

// Σ aᵢ bᵢ, the shorter continued by zeros.
inline double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += a[i] * b[i];
  return sum;
}

// N(weights · given + intercept, variance)
struct Conditional {
  Vector weights;
  double intercept = 0, variance = 1;
};

// Each given all before it.
using Chain = std::vector<Conditional>;

// ---- one Gaussian -----------------------------------------------------------------------------------------

struct Joint {
  Vector mean;
  std::vector<Vector> covariance;

  // wᵀ C w over the first w.size() coordinates
  double variance_of(const Vector& w) const {
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * dot(covariance[i], w);
    return sum;
  }
};

// Row i of the covariance:  C_ij = w_i · C_<i,j  for j < i,  C_ii = w_iᵀ C w_i + v_i
inline Joint joint(const Chain& chain) {
  const std::size_t n = chain.size();
  Joint u = {Vector(n), std::vector<Vector>(n, Vector(n))};
  for (std::size_t i = 0; i < n; ++i) {
    u.mean[i] = dot(chain[i].weights, u.mean) + chain[i].intercept;
    for (std::size_t j = 0; j < i; ++j)
      u.covariance[i][j] = u.covariance[j][i] = dot(chain[i].weights, u.covariance[j]);
    u.covariance[i][i] = u.variance_of(chain[i].weights) + chain[i].variance;
  }
  return u;
}

// A x = b by elimination; A is a covariance, so no pivoting is needed.
inline Vector solve(std::vector<Vector> A, Vector b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = A[i][k] / A[k][k];
      for (std::size_t j = k; j < n; ++j) A[i][j] -= factor * A[k][j];
      b[i] -= factor * b[k];
    }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= A[k][j] * b[j];
    b[k] /= A[k][k];
  }
  return b;
}

// u_i given u_j for the js
inline Conditional conditional(const Joint& u, std::size_t i, const Indices& js) {
  std::vector<Vector> C;
  Vector with_i, mean;
  for (const std::size_t j : js) {
    C.emplace_back();
    for (const std::size_t k : js) C.back().push_back(u.covariance[j][k]);
    with_i.push_back(u.covariance[i][j]);
    mean.push_back(u.mean[j]);
  }
  const Vector w = solve(C, with_i);
  return {w, u.mean[i] - dot(w, mean), u.covariance[i][i] - dot(w, with_i)};
}

inline double log_normal(double x, double mean, double variance) {
  return -0.5 * (std::log(2 * M_PI * variance) + (x - mean) * (x - mean) / variance);
}

// The log-density of the last x.size() coordinates, one given those before it.
inline double log_density_of_last(const Joint& u, const Vector& x) {
  double sum = 0;
  Indices before;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t at = u.mean.size() - x.size() + i;
    const Conditional c = conditional(u, at, before);
    sum += log_normal(x[i], dot(c.weights, x) + c.intercept, c.variance);
    before.push_back(at);
  }
  return sum;
}

// E_q KL( q(z_t|z_<t) ‖ p(z_t|z_<t) ) = ½ [ v_q/v_p − 1 − log v_q/v_p + E_q (difference of the means)² / v_p
// ]
inline double expected_kl(const Chain& q, const Chain& p, std::size_t t) {
  const Joint z = joint(q);
  Vector w(t);
  for (std::size_t s = 0; s < t; ++s) w[s] = q[t].weights[s] - p[t].weights[s];
  const double mean = dot(w, z.mean) + q[t].intercept - p[t].intercept, ratio = q[t].variance / p[t].variance;
  return 0.5 * (ratio - 1 - std::log(ratio) + (mean * mean + z.variance_of(w)) / p[t].variance);
}

// ---- read from and written to a model ---------------------------------------------------------------------

inline autograd::Parameter& named(vae::Model& model, const std::string& name) {
  for (const auto& [found, parameter] : model.parameters())
    if (found == name) return *parameter;
  throw std::invalid_argument("no parameter is named " + name);
}

// Linear output `row` of a layer: its weights and bias.
inline Conditional output_row(vae::Model& model, const std::string& layer, std::size_t row) {
  const autograd::Array W = named(model, layer + ".weight").value();
  Conditional c;
  for (std::size_t j = 0; j < W.shape(1); ++j) c.weights.push_back(W(row, j));
  c.intercept = named(model, layer + ".bias").value()(row);
  return c;
}

// p(z₀ … z_{L−1}, x₀ … x_{D−1})
inline Chain read_p(vae::Model& model, std::size_t levels, std::size_t pixels) {
  Chain p = {{{}, 0, 1}};
  for (std::size_t t = 1; t < levels; ++t) {
    const std::string layer = "prior." + std::to_string(t) + ".0";
    p.push_back(output_row(model, layer, 0));
    p.back().variance = std::exp(output_row(model, layer, 1).intercept);
  }
  for (std::size_t i = 0; i < pixels; ++i) {
    p.push_back(output_row(model, "decoder.0", i));
    p.back().variance = std::exp(2 * named(model, "decoder.log_std").value()(0));
  }
  return p;
}

// q(z₀ … z_{L−1} | x) at this x
inline Chain read_q(vae::Model& model, std::size_t levels, const Vector& x) {
  Chain q;
  for (std::size_t t = 0; t < levels; ++t) {
    const std::string layer = "posterior." + std::to_string(t) + ".0";
    Conditional mean = output_row(model, layer, 0), log_var = output_row(model, layer, 1);
    mean.intercept += dot(mean.weights, x);
    mean.variance = std::exp(log_var.intercept + dot(log_var.weights, x));
    mean.weights.erase(mean.weights.begin(), mean.weights.begin() + std::ptrdiff_t(x.size()));
    q.push_back(mean);
  }
  return q;
}

// Every parameter at random, except that log-variances do not depend on z (nor, at first, on x).
inline void randomize(vae::Model& model, std::uint32_t which) {
  std::uint32_t level = 0;
  for (const auto& [name, parameter] : model.parameters()) {
    autograd::Array w =
        autograd::normal(autograd::Stream().at_epoch(which).at_level(level++), parameter->shape());
    const bool gaussian = name.find("decoder") != 0;
    for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] *= 0.7;
    if (gaussian && w.dimension() == 2)
      for (std::size_t j = 0; j < w.shape(1); ++j) w(1, j) = 0;
    parameter->update() = w;
  }
}

// Makes q(z_t|z_<t, x) the posterior p(z_t|z_<t, x) of the model, which is linear in x and z_<t.
inline void make_exact(vae::Model& model, std::size_t levels, std::size_t pixels) {
  const Joint u = joint(read_p(model, levels, pixels));
  Indices given;
  for (std::size_t i = 0; i < pixels; ++i) given.push_back(levels + i);
  for (std::size_t t = 0; t < levels; ++t) {
    const Conditional c = conditional(u, t, given);
    const std::string layer = "posterior." + std::to_string(t) + ".0";
    autograd::Array& W = named(model, layer + ".weight").update();
    for (std::size_t j = 0; j < given.size(); ++j) W(0, j) = c.weights[j], W(1, j) = 0;
    autograd::Array& b = named(model, layer + ".bias").update();
    b(0) = c.intercept, b(1) = std::log(c.variance);
    given.push_back(t);
  }
}

// ---- bounds -----------------------------------------------------------------------------------------------

inline double log_evidence(const Chain& p, const Vector& x) { return log_density_of_last(joint(p), x); }

// E_q log p(x|z)
inline double expected_reconstruction(const Chain& q, const Chain& p, const Vector& x) {
  const Joint z = joint(q);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Conditional& c = p[q.size() + i];
    sum += log_normal(x[i], dot(c.weights, z.mean) + c.intercept, c.variance) -
           0.5 * z.variance_of(c.weights) / c.variance;
  }
  return sum;
}

inline double expected_elbo(const Chain& q, const Chain& p, const Vector& x) {
  double sum = expected_reconstruction(q, p, x);
  for (std::size_t t = 0; t < q.size(); ++t) sum -= expected_kl(q, p, t);
  return sum;
}

// p(z₀ … z_{L−1} | x) at this x
inline Chain posterior(const Chain& p, const Vector& x) {
  const Joint u = joint(p);
  const std::size_t levels = p.size() - x.size();
  Chain chain;
  Indices given;
  for (std::size_t i = 0; i < x.size(); ++i) given.push_back(levels + i);
  for (std::size_t t = 0; t < levels; ++t) {
    Conditional c = conditional(u, t, given);
    c.intercept += dot(c.weights, x);
    c.weights.erase(c.weights.begin(), c.weights.begin() + std::ptrdiff_t(x.size()));
    chain.push_back(c);
    given.push_back(t);
  }
  return chain;
}

// KL( q(z|x) ‖ p(z|x) )
inline double kl_to_posterior(const Chain& q, const Chain& p, const Vector& x) {
  const Chain truth = posterior(p, x);
  double sum = 0;
  for (std::size_t t = 0; t < q.size(); ++t) sum += expected_kl(q, truth, t);
  return sum;
}

}  // namespace linear_gaussian
