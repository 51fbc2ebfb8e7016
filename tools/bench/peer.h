// Another library that does the same, for `elbo bench` to run beside ours in one process. Every function
// returns what is to be timed, or an empty function if the peer has no such thing.
//
// The program `elbo` has no peer. `elbo-libtorch` is the same program with libtorch (peer_libtorch.cpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autograd/array.h"

namespace tools {

using Run = std::function<void()>;

// y = f(x), and x̄ given ȳ.
struct OpRuns {
  Run value, gradient;
};

// 2-d convolution of images [B,C,S,S] with [C,C,K,K], stride 1, padded to keep S.
struct ConvSize {
  std::size_t B, C, S, K;
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual const char* name() const = 0;
  virtual void set_threads(std::size_t threads) = 0;

  virtual OpRuns op(const std::string& name, const std::vector<autograd::Array>& inputs) = 0;
  // `length` operations on [4] arrays one after another, forward and backward; the second operand is [1] if
  // it is to broadcast.
  virtual Run chain(std::size_t length, bool broadcast) = 0;
  // A training step of the VAE of bench_step (bench.h).
  virtual Run step(std::size_t B, std::size_t H, std::size_t Z) = 0;
  virtual Run adam(std::size_t parameters) = 0;
  virtual OpRuns conv(const ConvSize& size) = 0;
};

std::unique_ptr<Peer> make_peer();  // null if this program has none

}  // namespace tools
