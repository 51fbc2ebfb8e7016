#include "tools/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "autograd/ops.h"
#include "autograd/work.h"
#include "nn/adam.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
  return v[v.size() / 2];
}

// y = op(a) op(b) into an array that is there already
struct PlainProduct {
  Array a, b;
  bool transpose_a, transpose_b;
  Array out;

  PlainProduct(const Shape& a, const Shape& b, bool ta, bool tb)
      : a(full(a, Real(0.5))), b(full(b, Real(0.25))), transpose_a(ta), transpose_b(tb), out(empty(matmul(this->a, this->b, ta, tb).shape())) {}
  void operator()() { matmul(a, b, transpose_a, transpose_b).into(out, false); }
};

// Forward, towards the weights and, but for the first layer, towards the input of each [B,in] · [out,in]ᵀ.
std::vector<PlainProduct> products_of_step(std::size_t B, std::size_t H, std::size_t Z) {
  const std::size_t sizes[4][2] = {{784, H}, {H, 2 * Z}, {Z, H}, {H, 784}};
  std::vector<PlainProduct> products;
  for (const auto& [in, out] : sizes) {
    products.emplace_back(Shape{B, in}, Shape{out, in}, false, true);                       // y = xWᵀ
    products.emplace_back(Shape{B, out}, Shape{B, in}, true, false);                        // W̄ = ȳᵀx
    if (in != 784) products.emplace_back(Shape{B, out}, Shape{out, in}, false, false);      // x̄ = ȳW
  }
  return products;
}

// Adam's update of n numbers, as plain as it can be.
struct PlainAdam {
  std::vector<float> theta, g, m, v;

  explicit PlainAdam(std::size_t n) : theta(n, 0.f), g(n, 1e-3f), m(n, 0.f), v(n, 0.f) {}
  void operator()() {
    float *__restrict w = theta.data(), *__restrict mp = m.data(), *__restrict vp = v.data();
    const float* __restrict gp = g.data();
    for (std::size_t i = 0; i < theta.size(); ++i) {
      mp[i] = 0.9f * mp[i] + 0.1f * gp[i];
      vp[i] = 0.999f * vp[i] + 0.001f * gp[i] * gp[i];
      w[i] -= 1e-3f * mp[i] / (std::sqrt(vp[i]) + 1e-8f);
    }
  }
};

}  // namespace

StepTimes bench_step(std::size_t B, std::size_t H, std::size_t Z, double seconds) {
  vae::Architecture architecture;
  architecture.hidden = {H};
  architecture.latent = {Z};
  vae::VAE model(architecture, Stream{});
  nn::Adam adam(model.parameters());
  const Array x = uniform(Stream().at(Purpose::drawing), {B, 784});

  std::size_t count = 0;
  for (const auto& [name, parameter] : model.parameters()) count += parameter->value().size();
  std::vector<PlainProduct> products = products_of_step(B, H, Z);
  PlainAdam plain_adam(count);

  const auto step = [&](std::uint32_t i) {
    Step scope;
    const vae::Bound bound = vae::elbo(model, constant(x), 1, vae::KL::analytic, Stream().at_epoch(i));
    Gradients g = backward(-mean(bound.elbo));
    adam.step(g);
  };
  const auto limit = [&] {
    for (PlainProduct& product : products) product();
    plain_adam();
  };

  std::vector<double> steps, limits;
  const Clock::time_point start = Clock::now();
  for (std::uint32_t i = 0; i < 20 || since(start) < seconds; ++i) {
    const Clock::time_point t0 = Clock::now();
    step(i);
    const double step_time = since(t0);
    const Clock::time_point t1 = Clock::now();
    limit();
    if (i < 5) continue;  // cold
    steps.push_back(step_time);
    limits.push_back(since(t1));
  }
  return {1e3 * median(steps), 1e3 * median(limits)};
}

}  // namespace tools
