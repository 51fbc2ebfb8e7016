// Markov chains: from exact draws of the posterior, any number of steps leaves them exact. Judged by the
// means of z and z².
#include <limits>

#include "tools/court/estimates.h"
#include "tools/court/trials.h"
#include "tools/run/stopwatch.h"
#include "vae/evidence/annealed.h"
#include "vae/inference/hmc.h"
#include "vae/inference/metropolis.h"

namespace tools {

namespace {

using namespace vae;

// z and z² of each latent, for the rows of z.
void add_moments(const Array& z, Estimates& to) {
  for (std::size_t r = 0; r < z.shape(0); ++r) {
    std::vector<double> moments;
    for (std::size_t i = 0; i < z.shape(1); ++i)
      moments.push_back(z(r, i)), moments.push_back(z(r, i) * z(r, i));
    to.add(moments);
  }
}

// Whether most chains are where they began: they would be exact, and worth nothing.
bool still(const Array& z, const Array& start) {
  std::size_t count = 0;
  for (std::size_t r = 0; r < z.shape(0); ++r) count += z(r, 0) == start(r, 0);
  return 2 * count > z.shape(0);
}

}  // namespace

std::vector<Case> inference_cases() {
  std::vector<Case> cases;
  using Move = double (*)(const LogDensity& log_pi, const Stream& stream, Walkers& walkers);
  const auto add = [&](const char* name, const TrialEntry& on, Move move) {
    cases.push_back({"Markov chain", name, on.name, Expected::unbiased, "", [=] {
                       const Trial t = on.make();
                       const Array x = copies(t.x, 4000);
                       Estimates truth, found;
                       add_moments(posterior_draw(*t.model, x, Stream().at_epoch(1)), truth);
                       const LogDensity log_pi = unnormalized_posterior(*t.model, x);
                       const Array start = posterior_draw(*t.model, x, Stream().at_epoch(2));
                       Walkers walkers = start_at(log_pi, start);
                       const Stopwatch clock;
                       for (std::uint32_t n = 0; n < 20; ++n)
                         move(log_pi, Stream().at_epoch(10 + n), walkers);
                       found.seconds = clock.seconds();
                       add_moments(walkers.z, found);
                       Finding verdict = compared(found, truth);
                       if (still(walkers.z, start)) verdict.z = std::numeric_limits<double>::infinity();
                       return verdict;
                     }});
  };
  for (const TrialEntry& on : trials()) {
    if (on.is_discrete) continue;
    add("Hamiltonian Monte Carlo, 20 steps", on, [](const LogDensity& log_pi, const Stream& s, Walkers& w) {
      return hmc(log_pi, {Real(0.5), 4}, s, w);
    });
    add("random-walk Metropolis, 20 steps", on, [](const LogDensity& log_pi, const Stream& s, Walkers& w) {
      return metropolis(log_pi, Real(0.7), s, w);
    });
  }
  return cases;
}

}  // namespace tools
