// What an operation costs beside its arithmetic: on [4] arrays nearly all of it is the tape's.
#include <cmath>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tools/bench/bench.h"
#include "tools/bench/interleaved.h"

namespace tools {

using namespace autograd;

namespace {

const std::size_t length = 1000;

// y ← y a, y ← y + b, in turn, then the gradients by x, a and b.
void chain(const Array& x0, const Array& a0, const Array& b0) {
  const Var a = variable(a0), b = variable(b0);
  Var y = variable(x0);
  for (std::size_t i = 0; i < length; i += 2) y = y * a + b;
  backward(sum(y));
}

// The same with numbers for a and b: one array goes in, and one gradient comes out.
void chain(const Array& x0) {
  const Var x = variable(x0);
  Var y = x;
  for (std::size_t i = 0; i < length; i += 2) y = y * Real(0.999) + Real(0.001);
  backward(sum(y));
}

BenchRow row(const std::string& name, const Run& run, const Run& theirs, Peer* peer) {
  std::vector<Contender> contenders = {{run, {}}};
  const bool beside = peer && theirs;
  if (beside) {
    contenders[0].prepare = [=] { peer->set_threads(1); };
    contenders.push_back({theirs, [=] { peer->set_threads(1); }});
  }
  const std::vector<Times> t = interleaved(contenders, 1);
  const double scale = 1e9 / double(length);
  BenchRow row = {name, {{"op_ns", scale * t[0].median()}}};
  const double nan = std::nan("");
  if (peer) row.numbers.emplace_back(std::string(peer->name()) + "_ns", beside ? scale * t[1].median() : nan);
  if (peer) row.numbers.emplace_back("times", beside ? ratio(t[1], t[0]) : nan);
  return row;
}

}  // namespace

BenchTable bench_overhead(Peer* peer) {
  const Array x = full({4}, 1), a = full({4}, Real(0.999)), b = full({4}, Real(0.001));
  const Array a1 = full({1}, Real(0.999)), b1 = full({1}, Real(0.001));
  const auto warm = [&] {
    Step scope;
    chain(x, a, b);
  };
  const auto broadcast = [&] {
    Step scope;
    chain(x, a1, b1);
  };
  const auto fresh = [&] {
    Tape tape;
    chain(x, a, b);
  };
  const Run theirs = peer ? peer->chain(length, false) : Run(),
            theirs_broadcast = peer ? peer->chain(length, true) : Run();
  const auto one_array = [&] {
    Step scope;
    chain(x);
  };
  return {row("one array, warm tape", one_array, {}, peer), row("two arrays, warm tape", warm, theirs, peer),
          row("broadcasting", broadcast, theirs_broadcast, peer), row("fresh tape", fresh, theirs, peer)};
}

}  // namespace tools
