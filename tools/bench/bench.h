// What `elbo bench` measures. Each gives a table: rows of numbers under names that carry their unit. Where
// there is a peer, its numbers stand beside ours, the better of its one and two threads, and `…_times` says
// how many times as long as ours they are.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tools/bench/peer.h"

namespace tools {

struct BenchRow {
  std::string name;
  std::vector<std::pair<std::string, double>> numbers;  // NaN: there is none
};

using BenchTable = std::vector<BenchRow>;

std::string as_text(const BenchTable& table);
std::string as_json(const BenchTable& table);

// A training step of the VAE 784 –tanh→ H → 2Z → z –tanh→ H → 784 with a Bernoulli output and the analytic
// KL, in batches of B, against two limits: its eleven matrix products alone, by our threads or OpenBLAS's,
// whichever are faster, plus one pass of Adam over as many parameters; and the machine's, as many
// multiplications and additions in registers, or as many bytes moved, whichever takes longer. step_mb is the
// memory that parameters, optimizer and steps take at most.
BenchTable bench_step(std::size_t B, std::size_t H, std::size_t Z, Peer* peer, double seconds = 4);

// log p(x) by importance sampling, as `elbo eval` does it, of the same VAE: samples of z, each decoded and
// scored, per second, and the time of the decoder's products alone as a share of that (1: nothing else takes
// time).
BenchTable bench_evidence(std::size_t H, std::size_t Z, double seconds = 4);

// Operations on [128,784], or on as many elements in another shape: value and gradient in ns per element;
// Adam's pass in ns per parameter, and that of a plain copy. Only those whose name starts as one of `names`
// does, if there are any; Failure(exit_usage) for a name with which none starts.
BenchTable bench_ops(const std::vector<std::string>& names, Peer* peer);

// One operation on [4] arrays, forward and backward, in ns: on a warm tape, with broadcasting, and on a tape
// just made.
BenchTable bench_overhead(Peer* peer);

// Convolutions of 32 images, forward and both gradients, in GFLOP/s: 3x3 from 32 to 32 channels at 28x28,
// from 64 to 64 at 14x14, and 1x1 there.
BenchTable bench_conv(Peer* peer);

}  // namespace tools
