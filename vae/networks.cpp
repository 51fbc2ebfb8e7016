// Networks for the models, and how their outputs are read.
#include "vae/networks.h"

#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"

namespace vae {

std::size_t side_of_squares(const char* of, std::size_t pixels) {
  const std::size_t side = std::size_t(std::lround(std::sqrt(double(pixels))));
  if (side * side != pixels || side == 0)
    throw std::invalid_argument("[" + std::string(of) + "] images of " + std::to_string(pixels) +
                                " pixels are no squares");
  return side;
}

nn::MLP network(const Architecture& a, std::size_t in, std::size_t out, const Stream& stream) {
  std::vector<std::size_t> sizes = {in};
  sizes.insert(sizes.end(), a.hidden.begin(), a.hidden.end());
  sizes.push_back(out);
  return {sizes, *a.activation, stream};
}

Normal normal_from(Var h) {
  if (h.shape().size() != 2 || h.shape()[1] % 2)
    throw std::invalid_argument("[normal_from] " + to_string(h.shape()) + " is not [B,2Z]");
  const std::size_t Z = h.shape()[1] / 2;
  return {slice(h, 1, 0, Z), bounded_log_var(slice(h, 1, Z, 2 * Z))};
}

Var bounded_log_var(Var log_var) { return clamp_leading_back(log_var, -30, 20); }

Var repeat(Var x, std::size_t samples) {
  if (samples == 1) return x;
  std::vector<std::size_t> datum(samples * x.rows());  // of each row
  for (std::size_t r = 0; r < datum.size(); ++r) datum[r] = r % x.rows();
  return take(x, datum);
}

Var repeat_to(Var x, std::size_t rows) {
  if (rows == x.rows()) return x;
  if (x.rows() == 0 || rows % x.rows() != 0)
    throw std::invalid_argument("[repeat_to] " + std::to_string(x.rows()) + " rows, to " +
                                std::to_string(rows));
  return repeat(x, rows / x.rows());
}

Var repeat_rows(Var z, std::size_t times) {
  const std::size_t K = z.rows(), Z = z.shape()[1];
  return reshape(broadcast_to(expand_dims(z, 1), {K, times, Z}), {K * times, Z});
}

Var side_by_side(Var x, const std::vector<Var>& z, Var c) {
  std::vector<Var> columns;
  if (x.has_value()) columns.push_back(x);
  columns.insert(columns.end(), z.begin(), z.end());
  if (c.has_value()) columns.push_back(c);
  return columns.size() == 1 ? columns.front() : concat(columns, 1);
}

}  // namespace vae
