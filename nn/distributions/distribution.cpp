// What a family has unless it says otherwise.
#include "nn/distributions/distribution.h"

#include <stdexcept>
#include <string>

#include "nn/distributions/event.h"

namespace nn {

void Distribution::throw_without(const char* what) const {
  throw std::logic_error(std::string("[") + what + "] of a " + name() + " has no closed form");
}

Var Distribution::log_prob(Var x) const { return sum_event(log_probs(x)); }

Var Distribution::log_probs(Var) const {
  throw std::logic_error(std::string("[log_probs] the elements of a ") + name() + " are not independent");
}

Var Distribution::rsample(const Stream&) const {
  throw std::logic_error(std::string("[rsample] no gradient leads through a sample of a ") + name());
}

Draw Distribution::draw(const Stream& stream) const {
  return {has_rsample() ? rsample(stream) : constant(sample(stream)), {}};
}

Var Distribution::cdf(Var) const { throw_without("cdf"); }
Var Distribution::mean() const { throw_without("mean"); }
Var Distribution::variance() const { throw_without("variance"); }
Var Distribution::entropy() const { throw_without("entropy"); }

Array Reparameterized::sample(const Stream& stream) const {
  Evaluation scope;
  return rsample(stream).value();
}

}  // namespace nn
