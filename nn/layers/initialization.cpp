// Uniform and normal weights of a chosen variance, and orthogonal ones by Gram–Schmidt.
#include "nn/layers/initialization.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace nn {

namespace {

// The number of inputs that an output sums over, and of outputs that an input enters.
struct Fans {
  std::size_t in, out;
};

Fans fans(const char* name, const Shape& weight) {
  if (weight.size() < 2)
    throw std::invalid_argument("[" + std::string(name) + "] W is " + to_string(weight) + ", not [out,in,…]");
  std::size_t taps = 1;
  for (std::size_t i = 2; i < weight.size(); ++i) taps *= weight[i];
  return {weight[1] * taps, weight[0] * taps};
}

thread_local std::size_t* counted = nullptr;  // the number of the WeightCount that lives, if one does

// The shape to make a weight of.
Shape allotted(Shape weight) {
  if (!counted) return weight;
  *counted += element_count(weight);
  weight[1] = 0;
  return weight;
}

// U(±limit)
Array symmetric_uniform(const Shape& shape, Real limit, const Stream& stream) {
  Array w = uniform(stream.at(Purpose::initialization), allotted(shape));
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] = limit * (2 * w.data()[i] - 1);
  return w;
}

}  // namespace

Array glorot_uniform(const Shape& weight, const Stream& stream) {
  const Fans n = fans("glorot_uniform", weight);
  return symmetric_uniform(weight, std::sqrt(6 / Real(n.in + n.out)), stream);
}

Array lecun_uniform(const Shape& weight, const Stream& stream) {
  return symmetric_uniform(weight, std::sqrt(3 / Real(fans("lecun_uniform", weight).in)), stream);
}

Array he_normal(const Shape& weight, const Stream& stream) {
  const Real deviation = std::sqrt(2 / Real(fans("he_normal", weight).in));
  Array w = normal(stream.at(Purpose::initialization), allotted(weight));
  for (std::size_t i = 0; i < w.size(); ++i) w.data()[i] *= deviation;
  return w;
}

// Gram–Schmidt on v₁, v₂, …, the rows of W or, if there are more rows than columns, its columns.
Array orthogonal(const Shape& weight, const Stream& stream) {
  fans("orthogonal", weight);

  // Draw W, and say where the numbers of each vector stand in it.
  Array w = normal(stream.at(Purpose::initialization), allotted(weight));
  const std::size_t rows = weight[0], columns = rows ? w.size() / rows : 0;
  const bool by_rows = rows <= columns;
  const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
  const auto place = [&](std::size_t vector, std::size_t i) {
    return by_rows ? vector * columns + i : i * columns + vector;
  };

  std::vector<std::vector<double>> v(count, std::vector<double>(length));
  for (std::size_t k = 0; k < count; ++k) {
    // Copy v_k to double.
    for (std::size_t i = 0; i < length; ++i) v[k][i] = double(w.data()[place(k, i)]);
    const auto dot = [&](const std::vector<double>& a) {
      double sum = 0;
      for (std::size_t i = 0; i < length; ++i) sum += a[i] * v[k][i];
      return sum;
    };

    // Subtract from v_k its components along v₁ … v_k₋₁; twice, because the first time leaves rounding errors
    // (Giraud et al. 2005).
    for (int times = 0; times < 2; ++times)
      for (std::size_t before = 0; before < k; ++before) {
        const double along = dot(v[before]);
        for (std::size_t i = 0; i < length; ++i) v[k][i] -= along * v[before][i];
      }

    // Scale v_k to length 1 and write it back.
    const double norm = std::sqrt(dot(v[k]));
    for (std::size_t i = 0; i < length; ++i) w.data()[place(k, i)] = Real(v[k][i] /= norm);
  }
  return w;
}

Array zero(const Shape& weight, const Stream&) {
  fans("zero", weight);
  return zeros(allotted(weight));
}

Array residual_scaled(Array weight, std::size_t branches) {
  if (branches == 0) throw std::invalid_argument("[residual_scaled] at least one branch is needed");
  const Real factor = 1 / std::sqrt(Real(branches));
  for (std::size_t i = 0; i < weight.size(); ++i) weight.data()[i] *= factor;
  return weight;
}

WeightCount::WeightCount() { counted = &count_; }

WeightCount::~WeightCount() { counted = nullptr; }

}  // namespace nn
