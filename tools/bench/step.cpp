// A training step against the products and the update that it cannot do without.
#include <cmath>
#include <memory>

#include "autograd/kernels/blas.h"
#include "autograd/ops.h"
#include "autograd/threads.h"
#include "nn/optimizers/adam.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"
#include "tools/bench/peak_memory.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

// The products of one layer y = xWᵀ, [B,in] to [B,out], into arrays that are there already.
struct PlainLayer {
  std::size_t B, in, out;
  Array x, W, y, x_bar, W_bar;

  PlainLayer(std::size_t B, std::size_t in, std::size_t out)
      : B(B),
        in(in),
        out(out),
        x(full({B, in}, Real(0.5))),
        W(full({out, in}, Real(0.25))),
        y(zeros({B, out})),
        x_bar(zeros({B, in})),
        W_bar(zeros({out, in})) {}

  void forward() { gemm(false, true, B, out, in, x.data(), W.data(), y.data(), false); }
  void towards_weight() { gemm(true, false, out, in, B, y.data(), x.data(), W_bar.data(), false); }
  void towards_input() { gemm(false, false, B, in, out, y.data(), W.data(), x_bar.data(), false); }
};

// Adam's update of n numbers, as plain as it can be, on all threads.
struct PlainAdam {
  std::vector<float> theta, g, m, v;

  explicit PlainAdam(std::size_t n) : theta(n, 0.f), g(n, 1e-3f), m(n, 0.f), v(n, 0.f) {}
  void operator()() {
    float* __restrict w = theta.data();
    float* __restrict mp = m.data();
    float* __restrict vp = v.data();
    const float* __restrict gp = g.data();
    in_ranges(theta.size(), numbers_at_once, [=](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) {
        mp[i] = 0.9f * mp[i] + 0.1f * gp[i];
        vp[i] = 0.999f * vp[i] + 0.001f * gp[i] * gp[i];
        w[i] -= 1e-3f * mp[i] / (std::sqrt(vp[i]) + 1e-8f);
      }
    });
  }
};

Run our_step(std::size_t B, std::size_t H, std::size_t Z) {
  vae::Architecture architecture;
  architecture.hidden = {H};
  architecture.latent = {Z};
  struct Training {
    explicit Training(const vae::Architecture& a) : model(a, Stream{}), adam(model.parameters()) {}
    vae::VAE model;
    nn::Adam adam;
    std::uint32_t steps = 0;
  };
  const auto t = std::make_shared<Training>(architecture);
  const Array x = uniform(Stream().at(Purpose::drawing), {B, 784});
  return [=] {
    Step scope;
    const vae::Bound bound =
        vae::elbo(t->model, constant(x), 1, vae::KLForm::analytic, Stream().at_epoch(++t->steps));
    t->adam.step(backward(-mean(bound.elbo)));
  };
}

Run limit(std::size_t B, std::size_t H, std::size_t Z) {
  const std::vector<std::pair<std::size_t, std::size_t>> sizes = {{784, H}, {H, 2 * Z}, {Z, H}, {H, 784}};
  const auto layers = std::make_shared<std::vector<PlainLayer>>();
  std::size_t parameters = 0;
  for (const auto& [in, out] : sizes) layers->emplace_back(B, in, out), parameters += in * out + out;
  const auto adam = std::make_shared<PlainAdam>(parameters);
  return [=] {
    for (PlainLayer& layer : *layers) layer.forward();
    for (std::size_t i = layers->size(); i-- > 0;) {
      (*layers)[i].towards_weight();
      if (i > 0) (*layers)[i].towards_input();  // nobody asks for the images' gradient
    }
    (*adam)();
  };
}

// A small step first, so that code and tables that come with the first use do not count.
double step_mb(const std::function<Run(std::size_t B, std::size_t H, std::size_t Z)>& make_step,
               std::size_t B, std::size_t H, std::size_t Z) {
  const auto train = [](const Run& step) {
    for (int i = 0; i < 10; ++i) step();
  };
  return peak_memory([&] { train(make_step(2, 4, 2)); }, [&] { train(make_step(B, H, Z)); }) / (1 << 20);
}

}  // namespace

BenchTable bench_step(std::size_t B, std::size_t H, std::size_t Z, Peer* peer, double seconds) {
  const auto their_step = [&](std::size_t B, std::size_t H, std::size_t Z) { return peer->step(B, H, Z); };
  const double our_mb = step_mb(our_step, B, H, Z), their_mb = peer ? step_mb(their_step, B, H, Z) : 0;

  const std::size_t our_threads = threads();
  std::vector<Contender> contenders = {{our_step(B, H, Z), {}}, {limit(B, H, Z), {}}};
  if (peer) {
    contenders[0].prepare = [=] { set_threads(our_threads); };
    for (const std::size_t n : {1u, 2u})
      contenders.push_back({peer->step(B, H, Z), [=] { peer->set_threads(n); }});
  }
  const std::vector<Times> t = interleaved(contenders, peer ? 3 * seconds : seconds);
  BenchRow row = {"step",
                  {{"step_ms", 1e3 * t[0].median()},
                   {"limit_ms", 1e3 * t[1].median()},
                   {"ratio", ratio(t[0], t[1])},
                   {"step_mb", our_mb}}};
  if (peer) {
    const Times& theirs = faster_of(t[2], t[3]);
    const std::string name = peer->name();
    row.numbers.insert(
        row.numbers.end(),
        {{name + "_ms", 1e3 * theirs.median()}, {"times", ratio(theirs, t[0])}, {name + "_mb", their_mb}});
  }
  return {row};
}

}  // namespace tools
