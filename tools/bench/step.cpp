// A training step against the products and the update that it cannot do without, and against the machine.
#include <memory>

#include "autograd/ops.h"
#include "autograd/threads.h"
#include "nn/optimizers/adam.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"
#include "tools/bench/peak_memory.h"
#include "tools/bench/step_limits.h"
#include "vae/elbo.h"
#include "vae/vae.h"

namespace tools {

using namespace autograd;

namespace {

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

  const int our_threads = int(threads());
  const auto ours = [=] { set_threads(std::size_t(our_threads)); };
  const StepSizes sizes = {B, H, Z};
  // Each with a pause before it, until OpenBLAS's or the peer's threads have gone to sleep.
  std::vector<Contender> contenders = {
      {our_step(B, H, Z), ours}, {our_products(sizes), ours},    {blas_products(sizes, our_threads), ours},
      {adam(sizes), ours},       {multiplications(sizes), ours}, {transfers(sizes), ours}};
  if (peer)
    for (const std::size_t n : {1u, 2u})
      contenders.push_back({peer->step(B, H, Z), [=] { peer->set_threads(n); }});
  const std::vector<Times> t = interleaved(contenders, peer ? 3 * seconds : seconds);
  const Times limit = faster_of(t[1], t[2]) + t[3], &machine = t[4].median() > t[5].median() ? t[4] : t[5];
  BenchRow row = {"step",
                  {{"step_ms", 1e3 * t[0].median()},
                   {"limit_ms", 1e3 * limit.median()},
                   {"ratio", ratio(t[0], limit)},
                   {"machine_ms", 1e3 * machine.median()},
                   {"machine_ratio", ratio(t[0], machine)},
                   {"step_mb", our_mb}}};
  if (peer) {
    const Times& theirs = faster_of(t[6], t[7]);
    const std::string name = peer->name();
    row.numbers.insert(
        row.numbers.end(),
        {{name + "_ms", 1e3 * theirs.median()}, {"times", ratio(theirs, t[0])}, {name + "_mb", their_mb}});
  }
  return {row};
}

}  // namespace tools
