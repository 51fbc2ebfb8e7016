// What `elbo eval` tells of the posterior: how many latents are active, and where the bound stays below
// log p(x) (../../vae/diagnosis/active_units.h, ../../vae/inference/local.h).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tools/run/experiment.h"

namespace tools {

struct DiagnosisOptions {
  bool active_units = false, gaps = false;
};

// Means over images, in nats per image, with standard errors over the images.
struct DiagnosisReport {
  DiagnosisOptions how;
  std::vector<std::size_t> active, latents;  // of each level
  // log p(x) − L[q*], and L[q*] − L[q], where q* is the best q for each image in the family of q. log p(x) is
  // the estimate of the evidence, on average too small, and with it the first gap.
  double approximation = 0, approximation_se = 0, amortization = 0, amortization_se = 0;
};

// Gathers the images.
class DiagnosisTotals {
 public:
  explicit DiagnosisTotals(const DiagnosisOptions& how) : how_(how) {}

  // x: [n,D]  log_px: of each of them, in the model's units
  void add(vae::Model& model, const autograd::Array& x, const std::vector<double>& log_px,
           const autograd::Stream& noise);
  std::size_t images() const { return rows_; }  // the first ones, that `report` looks at
  DiagnosisReport report(const vae::Model& model, const autograd::Stream& noise) const;  // of these images

 private:
  DiagnosisOptions how_;
  std::vector<autograd::Array> images_;  // the first ones, so many as are looked at for active units
  std::size_t rows_ = 0;                 // in them
  std::vector<double> approximation_, amortization_;
};

// The keys of `elbo eval --json`, in their order, and its lines.
void add_to_json(const DiagnosisReport& report, nlohmann::ordered_json& json);
std::string as_text(const DiagnosisReport& report);

}  // namespace tools
