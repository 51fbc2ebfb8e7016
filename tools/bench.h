// How far a training step is from its limit.
#pragma once

#include <cstddef>

namespace tools {

struct StepTimes {
  double step_ms;   // median of a full training step: forward, backward, Adam
  double limit_ms;  // median of its eleven matrix products alone, plus one pass of Adam over as many parameters
  double ratio() const { return step_ms / limit_ms; }
};

// The VAE 784 –tanh→ H → 2Z → z –tanh→ H → 784 with a Bernoulli output and the analytic KL, in batches of B. Step and limit are
// interleaved, so that both see the same machine.
StepTimes bench_step(std::size_t B, std::size_t H, std::size_t Z, double seconds = 4);

}  // namespace tools
