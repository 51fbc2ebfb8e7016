#include "tools/bench.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/ops.h"
#include "autograd/work.h"
#include "nn/adam.h"
#include "tools/stopwatch.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
  return v[v.size() / 2];
}

// The products of one layer y = xWᵀ, [B,in] to [B,out], into arrays that are there already.
struct PlainLayer {
  Array x, W, y, x_bar, W_bar;

  PlainLayer(std::size_t B, std::size_t in, std::size_t out)
      : x(full({B, in}, Real(0.5))),
        W(full({out, in}, Real(0.25))),
        y(zeros({B, out})),
        x_bar(zeros({B, in})),
        W_bar(zeros({out, in})) {}

  void forward() { matmul(x, W, false, true).into(y, false); }
  void towards_weight() { matmul(y, x, true, false).into(W_bar, false); }
  void towards_input() { matmul(y, W, false, false).into(x_bar, false); }
};

// Adam's update of n numbers, as plain as it can be.
struct PlainAdam {
  std::vector<float> theta, g, m, v;

  explicit PlainAdam(std::size_t n) : theta(n, 0.f), g(n, 1e-3f), m(n, 0.f), v(n, 0.f) {}
  void operator()() {
    float* __restrict w = theta.data();
    float* __restrict mp = m.data();
    float* __restrict vp = v.data();
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
  std::vector<PlainLayer> layers = {{B, 784, H}, {B, H, 2 * Z}, {B, Z, H}, {B, H, 784}};
  PlainAdam plain_adam(count);

  const auto step = [&](std::uint32_t i) {
    Step scope;
    const vae::Bound bound = vae::elbo(model, constant(x), 1, vae::KLForm::analytic, Stream().at_epoch(i));
    adam.step(backward(-mean(bound.elbo)));
  };
  const auto limit = [&] {
    for (PlainLayer& layer : layers) layer.forward();
    for (std::size_t i = layers.size(); i-- > 0;) {
      layers[i].towards_weight();
      if (i > 0) layers[i].towards_input();  // nobody asks for the images' gradient
    }
    plain_adam();
  };

  std::vector<double> steps, limits;
  const auto seconds_of = [](const auto& f) {
    const Stopwatch stopwatch;
    f();
    return stopwatch.seconds();
  };
  const Stopwatch stopwatch;
  for (std::uint32_t i = 0; i < 20 || stopwatch.seconds() < seconds; ++i) {
    const double step_time = seconds_of([&] { step(i); }), limit_time = seconds_of(limit);
    if (i < 5) continue;  // cold
    steps.push_back(step_time);
    limits.push_back(limit_time);
  }
  return {1e3 * median(steps), 1e3 * median(limits)};
}

}  // namespace tools
