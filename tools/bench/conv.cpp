// Convolutions, forward and both gradients, in GFLOP/s.
#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"
#include "tools/text.h"

namespace tools {

using namespace autograd;

namespace {

BenchRow measure(const ConvSize& size, Peer* peer) {
  const Shape images = {size.B, size.C, size.S, size.S}, kernels = {size.C, size.C, size.K, size.K};
  Convolution how;
  how.padding = size.K / 2;
  Step scope;
  const Var x = variable(uniform(Stream().at_epoch(0), images)),
            W = variable(uniform(Stream().at_epoch(1), kernels));
  const Var y = conv2d(x, W, how);
  const Array y_bar = uniform(Stream().at_epoch(2), y.shape());

  const std::size_t threads = autograd::threads();
  const auto value = [&] {
    Step scope;
    conv2d(x, W, how);
  };
  const auto gradients = [&] { backward(y, y_bar); };
  std::vector<Contender> contenders = {{value, [=] { set_threads(threads); }}, {gradients, {}}};
  if (peer) {
    const OpRuns theirs = peer->conv(size);
    for (const std::size_t n : {1u, 2u}) {
      contenders.push_back({theirs.value, [=] { peer->set_threads(n); }});
      contenders.push_back({theirs.gradient, {}});
    }
  }
  const std::vector<Times> t = interleaved(contenders, 3);

  // A product of two numbers and its addition count as two; both gradients together as two convolutions.
  const double flops = 2.0 * double(size.B * size.C * size.C * size.K * size.K * size.S * size.S);
  BenchRow row = {text("%zux%zu %zu->%zu %zux%zu", size.K, size.K, size.C, size.C, size.S, size.S), {}};
  const auto add = [&](const char* what, double work, const Times& ours, const Times* one, const Times* two) {
    row.numbers.emplace_back(std::string(what) + "_gflops", 1e-9 * work / ours.median());
    if (!one) return;
    const Times& theirs = faster_of(*one, *two);
    row.numbers.emplace_back(std::string(peer->name()) + "_" + what + "_gflops",
                             1e-9 * work / theirs.median());
    row.numbers.emplace_back(std::string(what) + "_times", ratio(theirs, ours));
  };
  add("value", flops, t[0], peer ? &t[2] : nullptr, peer ? &t[4] : nullptr);
  add("gradients", 2 * flops, t[1], peer ? &t[3] : nullptr, peer ? &t[5] : nullptr);

  const auto sum = [](const Times& a, const Times& b) {
    Times both = a;
    for (std::size_t i = 0; i < both.turns.size(); ++i) both.turns[i] += b.turns[i];
    return both;
  };
  const Times ours = sum(t[0], t[1]), one = peer ? sum(t[2], t[3]) : Times(),
              two = peer ? sum(t[4], t[5]) : Times();
  add("all", 3 * flops, ours, peer ? &one : nullptr, peer ? &two : nullptr);
  return row;
}

}  // namespace

BenchTable bench_conv(Peer* peer) {
  BenchTable table;
  for (const ConvSize& size : {ConvSize{32, 32, 28, 3}, ConvSize{32, 64, 14, 3}, ConvSize{32, 64, 14, 1}})
    table.push_back(measure(size, peer));
  return table;
}

}  // namespace tools
