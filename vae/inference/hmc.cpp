// The leapfrog, and the step around it.
#include "vae/inference/hmc.h"

#include <cmath>

#include "autograd/ops.h"

namespace vae {

namespace {

// log π and ∇ log π
struct Slope {
  Array log_pi;    // [rows]
  Array gradient;  // [rows,Z]
};

Slope slope(const LogDensity& log_pi, const Array& z) {
  Step scope;
  const Var at = variable(z), value = log_pi(at);
  return {value.value(), backward(sum(value))[at]};  // row r of z moves log π of row r alone
}

// ½ pᵀp of each row.  p: [rows,Z]
std::vector<double> kinetic_energy(const Array& p) {
  const std::size_t rows = p.shape(0), Z = p.shape(1);
  std::vector<double> energy(rows);
  for (std::size_t i = 0; i < p.size(); ++i) energy[i / Z] += double(p.data()[i]) * double(p.data()[i]) / 2;
  return energy;
}

}  // namespace

double hmc(const LogDensity& log_pi, const Leapfrog& leapfrog, const Stream& stream, Walkers& walkers) {
  const Real eps = leapfrog.step_size;
  Array z = walkers.z, p = normal(stream, walkers.z.shape());
  const std::vector<double> before = kinetic_energy(p);

  // p ← p + ε/2 ∇ log π(z)    z ← z + ε p    p ← p + ε/2 ∇ log π(z)
  Slope at_z = slope(log_pi, z);
  walkers.log_pi = at_z.log_pi;
  for (std::size_t i = 0; i < leapfrog.steps; ++i) {
    p += eps / 2 * at_z.gradient;
    z += eps * p;
    at_z = slope(log_pi, z);
    p += eps / 2 * at_z.gradient;
  }

  const std::vector<double> after = kinetic_energy(p);
  std::vector<double> log_ratio;  // H − H'
  for (std::size_t r = 0; r < before.size(); ++r)
    log_ratio.push_back(before[r] - double(walkers.log_pi.data()[r]) - after[r] +
                        double(at_z.log_pi.data()[r]));
  return accept({z, at_z.log_pi}, log_ratio, stream.second(), walkers);
}

Real adapted(Real step_size, double acceptance) {
  return step_size * Real(std::exp(0.2 * (acceptance - 0.65)));
}

}  // namespace vae
