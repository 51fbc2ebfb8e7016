// The exact models of the court, each with a datum drawn from it, and with what is known of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vae/elbo.h"
#include "vae/exact/exact_model.h"

namespace tools {

struct Trial {
  std::shared_ptr<vae::ExactModel> model;
  vae::Array x;  // [1,D]
  // E_q of the bound, exactly; none where it has no closed form.
  std::function<vae::Bound(vae::Var x)> expected_bound;

  double log_px() const;
};

struct TrialEntry {
  std::string name;
  Trial (*make)();
  bool is_discrete = false;  // z is, so that no gradient leads through it
};

// Linear-Gaussian with one level and with three, three bits, two levels of classes, and a nonlinear decoder
// whose log p(x) is by quadrature.
const std::vector<TrialEntry>& trials();

// n data drawn from the model, others for each number.  ->  [n,D]
vae::Array data_of(const vae::Model& model, std::size_t n, std::uint32_t which);

// The same datum in every row.  x: [1,D]  ->  [rows,D]
vae::Array copies(const vae::Array& x, std::size_t rows);

// The gradient of a sum, all elements of these parameters in a row: φ, or those of p(z_t|z_<t).
std::vector<double> gradient_in_phi(vae::Model& model, vae::Var value);
std::vector<double> gradient_in_prior(vae::Model& model, vae::Var value);

}  // namespace tools
