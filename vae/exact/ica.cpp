// log p(x) of a matrix without noise, its ascent, and the distance of what is found from what was mixed.
#include "vae/exact/ica.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "nn/distributions/laplace.h"
#include "nn/distributions/logistic.h"
#include "nn/distributions/normal.h"

namespace vae {

Density laplace_sources(const Shape& shape) {
  return nn::Laplace(constant(zeros(shape)), constant(zeros(shape)));
}

Density logistic_sources(const Shape& shape) {
  return nn::Logistic(constant(zeros(shape)), constant(zeros(shape)));
}

Density normal_sources(const Shape& shape) { return nn::Normal::standard(shape); }

ICA::ICA(const Array& W, Sources p) : W(W), p(p) {
  if (W.dimension() != 2 || W.shape(0) != W.shape(1) || W.size() == 0)
    throw std::invalid_argument("[ica] W is " + to_string(W.shape()) + ", not [D,D]");
}

Var ICA::sources(Var x) const { return matmul(x, W, false, true); }

// Σ_i log p(s_i) + log |det W|,  log |det W| = ½ log det WWᵀ
Var ICA::log_px(Var x) const {
  return p(x.shape())->log_prob(sources(x)) + 0.5 * logdet(matmul(W, W, false, true));
}

void ICA::natural_gradient_step(const Array& x, double rate) {
  Array natural;
  {
    Step step;
    const Array gradient = backward(mean(log_px(constant(x))))[W];
    natural = matmul(constant(gradient), matmul(constant(W.value()), constant(W.value()), true)).value();
  }
  W.update() += Real(rate) * natural;
}

Array whitening(const PrincipalComponents& data) {
  const std::size_t D = data.variances.size();
  Array W = empty({D, D});
  for (std::size_t i = 0; i < D; ++i)
    for (std::size_t d = 0; d < D; ++d) W(i, d) = data.axes(d, i) / std::sqrt(data.variances(i));
  return W;
}

double amari_distance(const Array& W, const Array& A) {
  if (W.dimension() != 2 || W.shape(0) != W.shape(1) || W.shape(0) < 2 || A.shape() != W.shape())
    throw std::invalid_argument("[amari_distance] W and A are " + to_string(W.shape()) + " and " +
                                to_string(A.shape()) + ", not both [D,D] with D of at least 2");
  Evaluation scope;
  const std::size_t D = W.shape(0);
  const Array P = abs(matmul(constant(W), constant(A))).value();
  double distance = 0;
  for (std::size_t i = 0; i < D; ++i) {
    double row = 0, most_of_row = 0, column = 0, most_of_column = 0;
    for (std::size_t j = 0; j < D; ++j) {
      row += double(P(i, j)), most_of_row = std::max(most_of_row, double(P(i, j)));
      column += double(P(j, i)), most_of_column = std::max(most_of_column, double(P(j, i)));
    }
    distance += row / most_of_row - 1 + column / most_of_column - 1;
  }
  return distance / double(2 * D * (D - 1));
}

}  // namespace vae
