// Three averages over z ~ q(z|x_n): of log q(z|x_n) − log p(z), − log q(z) in the place of either.
#include "vae/diagnosis/mutual_information.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/ops.h"
#include "vae/descent.h"
#include "vae/networks.h"

namespace vae {

namespace {

// The mean of numbers v_r of datum r mod N, and its standard error, of draws that vary within each datum.
void average_within(const std::vector<double>& v, std::size_t N, double& mean, double& error) {
  const std::size_t S = v.size() / N;
  std::vector<double> of_datum(N, 0.0);
  for (std::size_t r = 0; r < v.size(); ++r) of_datum[r % N] += v[r] / double(S);
  double squares = 0;
  mean = 0;
  for (const double m : of_datum) mean += m / double(N);
  for (std::size_t r = 0; r < v.size(); ++r) squares += std::pow(v[r] - of_datum[r % N], 2);
  error = std::sqrt(squares / double(S - 1) / double(S)) / double(N);
}

}  // namespace

AggregatePosterior aggregate_posterior(const Model& model, const Array& data, std::size_t samples,
                                       const Stream& stream, std::size_t rows) {
  if (data.dimension() != 2 || data.shape(0) < 2 || samples < 2)
    throw std::invalid_argument("[aggregate_posterior] x is " + to_string(data.shape()) + ", with " +
                                std::to_string(samples) + " samples: at least two data and two samples");
  Evaluation scope;
  const Var x = constant(data);
  const std::size_t N = x.rows(), at_once = std::max<std::size_t>(1, rows / N);

  std::vector<double> kl, information, marginal_kl;
  const std::vector<Level> levels = infer(model, x, samples, stream);
  const Array of_own = log_q(levels).value(), of_prior = log_p(levels).value();  // [S·N]
  for (std::size_t first = 0; first < samples * N; first += at_once) {
    Evaluation scope;
    const std::size_t last = std::min(first + at_once, samples * N);
    // log q(z) = log 1/N Σ_n q(z|x_n), of rows first … last−1 of z, each beside all data
    Latents z;
    for (const Level& level : levels)
      z.push_back(repeat_rows(slice(level.z, 0, std::ptrdiff_t(first), std::ptrdiff_t(last)), N));
    const Var each = reshape(log_posterior(model, x, z), {last - first, N});
    const Array of_all = (logsumexp(each, {1}) - Real(std::log(double(N)))).value();
    for (std::size_t r = first; r < last; ++r) {
      const double own = double(of_own(r)), all = double(of_all(r - first)), prior = double(of_prior(r));
      kl.push_back(own - prior), information.push_back(own - all), marginal_kl.push_back(all - prior);
    }
  }

  AggregatePosterior found;
  average_within(kl, N, found.kl, found.kl_error);
  average_within(information, N, found.information, found.information_error);
  average_within(marginal_kl, N, found.marginal_kl, found.marginal_kl_error);
  return found;
}

}  // namespace vae
