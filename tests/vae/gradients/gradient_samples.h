// Samples of an estimator's gradient, element by element, and their comparison with the truth.
#pragma once

#include <functional>

#include "autograd/backward.h"
#include "autograd/ops.h"
#include "tests/autograd/statistics.h"
#include "vae/model.h"

namespace gradient_samples {

using autograd::Var;
using Parameters = std::vector<const autograd::Parameter*>;
using Numbers = std::vector<double>;

constexpr std::size_t batch = 50, places = 150;
constexpr double limit = 5.2;  // standard errors, of Student's t with 149 degrees of freedom: 6e-7

// Two data, and each of them many times: the noise differs from row to row.
inline const autograd::Array real_data = autograd::array({2, 3}, {0.7, -1.1, 0.4, -0.5, 0.9, 1.3}),
                             binary_data = autograd::array({2, 3}, {1, 0, 1, 0, 0, 1});
inline autograd::Array rows_of(const autograd::Array& two, std::size_t count) {
  autograd::Array x = autograd::empty({count, 3});
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t d = 0; d < 3; ++d) x(r, d) = two(r % 2, d);
  return x;
}

// All elements of the gradients of mean(value()) in these parameters, one after the other.
inline Numbers gradient(const Parameters& parameters, const std::function<Var()>& value) {
  autograd::Step scope;
  const autograd::Gradients g = autograd::backward(autograd::mean(value()));
  Numbers all;
  for (const autograd::Parameter* w : parameters) {
    const autograd::Array& a = g[*w];
    all.insert(all.end(), a.data(), a.data() + a.size());
  }
  return all;
}

// An estimator at one place of the noise.  ->  [B]
using Estimator = std::function<Var(const autograd::Stream&)>;

// Its gradients at `count` places.  ->  [count][elements]
inline std::vector<Numbers> samples(const Parameters& parameters, const Estimator& f, std::size_t count) {
  std::vector<Numbers> rows;
  for (std::uint32_t i = 0; i < count; ++i) {
    const autograd::Stream noise = autograd::Stream().at(autograd::Purpose::posterior).at_epoch(i);
    rows.push_back(gradient(parameters, [&] { return f(noise); }));
  }
  return rows;
}

inline std::vector<Numbers> difference(std::vector<Numbers> a, const std::vector<Numbers>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) a[i][k] -= b[i][k];
  return a;
}

inline std::vector<Average> averages(const std::vector<Numbers>& rows) {
  std::vector<Average> all;
  for (std::size_t k = 0; k < rows.front().size(); ++k) {
    Numbers column;
    for (const Numbers& row : rows) column.push_back(row[k]);
    all.push_back(average(column));
  }
  return all;
}

// The largest |mean − truth| in standard errors; where nothing varies, in units of 1e-10.
inline double largest_z(const std::vector<Numbers>& rows, const Numbers& truth) {
  double largest = 0;
  const std::vector<Average> all = averages(rows);
  for (std::size_t k = 0; k < truth.size(); ++k)
    largest = std::max(largest, std::abs(all[k].mean - truth[k]) / (all[k].error + 1e-10));
  return largest;
}

inline double largest_z(const std::vector<Numbers>& rows) {
  return largest_z(rows, Numbers(rows.front().size()));
}

// The sum over elements of the variance of one sample.
inline double variance(const std::vector<Numbers>& rows) {
  double total = 0;
  for (const Average& a : averages(rows)) total += a.error * a.error * double(rows.size());
  return total;
}

inline double largest(const std::vector<Numbers>& rows) {
  double found = 0;
  for (const Numbers& row : rows)
    for (const double v : row) found = std::max(found, std::abs(v));
  return found;
}

}  // namespace gradient_samples
