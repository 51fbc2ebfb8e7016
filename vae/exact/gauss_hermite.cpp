// The nodes, by Newton's method on the Hermite polynomial, with normalised polynomials against overflow.
#include "vae/exact/gauss_hermite.h"

#include <cmath>
#include <stdexcept>
#include <string>

namespace vae {

namespace {

// h_n(t) and h_{n−1}(t), h_k = He_k / √k!, by the recurrence
//     √(k + 1) h_{k+1} = t h_k − √k h_{k−1}        and the slope is h_n' = √n h_{n−1}
struct Hermite {
  double h = 1, before = 0;
  Hermite(std::size_t n, double t) {
    for (std::size_t k = 0; k < n; ++k) {
      const double next = (t * h - std::sqrt(double(k)) * before) / std::sqrt(double(k + 1));
      before = h, h = next;
    }
  }
};

}  // namespace

GaussHermite::GaussHermite(std::size_t n) {
  if (n == 0 || n > 256)
    throw std::invalid_argument("[gauss_hermite] " + std::to_string(n) + " nodes: between 1 and 256");
  // All roots lie within ±2√n, and no two are nearer than about π / √n: look for changes of sign on a grid
  // four times finer, and improve each.
  const double end = 2 * std::sqrt(double(n)) + 1, step = 0.25 * 3.14 / std::sqrt(double(n) + 0.5);
  for (double t = -end; t < end; t += step) {
    if ((Hermite(n, t).h < 0) == (Hermite(n, t + step).h < 0)) continue;
    double root = t + step / 2;
    for (int i = 0; i < 20; ++i) {
      const Hermite at(n, root);
      root -= at.h / (std::sqrt(double(n)) * at.before);
    }
    const double before = Hermite(n, root).before;
    nodes.push_back(root);
    weights.push_back(1 / (double(n) * before * before));
  }
}

}  // namespace vae
