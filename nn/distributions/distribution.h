// The convention that all distributions share. The first axis counts the data of a batch, all other axes are
// the event of one datum. `log_prob`, `entropy` and `kl` sum over the event and return [B], in nats per
// datum; `log_probs`, `mean`, `variance` and `cdf` keep the shape [B,…]. A value must have the shape of the
// parameters: nothing is broadcast silently (std::invalid_argument names both shapes). Outside the support
// the density is 0, so `log_prob` is −∞.
//
// What a parameter may be, its constructor checks: means are finite, logarithms of scales within ±widest_log,
// so that neither the scale nor its reciprocal is 0 or ∞ unnoticed; where more is possible, as for logits,
// the distribution says so. NaN is let through, and everything computed with it is NaN, so that a run that
// diverges is told by its loss; parameters that must be positive may not be NaN either.
#pragma once

#include <optional>

#include "autograd/random.h"
#include "autograd/tape.h"

namespace nn {

using namespace autograd;

// A value that was drawn, and its log-density where the draw tells it, as a flow's does without an inverse.
struct Draw {
  Var value;                    // [B,…]
  std::optional<Var> log_prob;  // [B] nats
};

// A family derives from this, or from Reparameterized, and overrides log_probs or log_prob. What it does not
// override, it does not have: std::logic_error names it.
struct Distribution {
  virtual ~Distribution() = default;

  virtual const char* name() const = 0;                  // for errors
  virtual Shape shape() const = 0;                       // [B,…]
  virtual Array sample(const Stream& stream) const = 0;  // [B,…]
  virtual Var log_prob(Var x) const;                     // [B] nats, the sum of log_probs unless overridden
  virtual Var log_probs(Var x) const;                    // of each element, if they are independent   [B,…]
  virtual bool is_discrete() const { return false; }     // whether single values have probability
  virtual bool has_rsample() const { return false; }     // whether a gradient leads through a draw
  virtual Var rsample(const Stream& stream) const;       // differentiable in the parameters   [B,…]
  virtual Draw draw(const Stream& stream) const;         // rsample, or else sample as a constant
  virtual Var cdf(Var x) const;                          // of each element   [B,…]
  virtual Var mean() const;                              // [B,…]
  virtual Var variance() const;                          // [B,…]
  virtual Var entropy() const;                           // [B] nats

 protected:
  [[noreturn]] void throw_without(const char* what) const;  // std::logic_error
};

// A family whose samples are a differentiable function of its parameters and of noise.
struct Reparameterized : Distribution {
  bool has_rsample() const override { return true; }
  Var rsample(const Stream& stream) const override = 0;
  Array sample(const Stream& stream) const override;  // the same numbers without a gradient
};

}  // namespace nn
