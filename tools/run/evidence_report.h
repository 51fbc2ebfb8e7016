// log p(x) of images by one of three methods, and what is reported of it. The methods are those of
// ../../vae/evidence/: importance.h, and annealed.h from below, or from both sides where the images were
// drawn from the model.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "tools/option.h"
#include "vae/evidence/annealed.h"
#include "vae/evidence/importance.h"

namespace tools {

// A pass of importance sampling has so many rows, or fewer of a large model: few images at a time, so that it
// holds many samples of each and encodes each once.
constexpr std::size_t importance_rows = 2000, importance_images = 10;

enum class EvidenceMethod { importance, ais, interval };
const Names& evidence_names();
EvidenceMethod evidence_named(const std::string& name);  // Failure(exit_usage) lists the names

struct EvidenceOptions {
  EvidenceMethod method = EvidenceMethod::importance;
  std::size_t importance_samples = 0;  // 0: the bound alone
  vae::Annealing annealing;
};

// Means over images, in nats per image. A number that is unknown is NaN, null in JSON.
struct EvidenceReport {
  EvidenceOptions how;
  double log_px = 0, log_px_se = 0;  // of an interval, its lower end; and its standard error over the images
  double bits_per_dimension = 0;     // −log p(x) / (D log 2)
  // By importance: the standard error of log_px over the draws, how much it gained from the last doubling of
  // the draws, the effective sample size, the median k̂ and the share of images whose k̂ is above 0.7.
  double log_px_mc_se = 0, gain = 0, effective_samples = 0, median_k = 0, high_k = 0;
  double upper = 0, gap_se = 0;  // of an interval: its upper end, and the error of its length over the images
};

// Gathers the images.
class EvidenceTotals {
 public:
  // A pass has at most so many rows of z (rows_within, memory.h).
  EvidenceTotals(const EvidenceOptions& how, std::size_t most_rows) : how_(how), most_rows_(most_rows) {}

  std::size_t images_at_once() const;
  // x: [n,D]  z: [n,Z], the latents they were drawn from, for an interval.
  void add(vae::Model& model, const autograd::Array& x, const std::optional<autograd::Array>& z,
           const autograd::Stream& noise);

  // Less that of each image (Experiment::log_scales).
  EvidenceReport report(const std::vector<double>& log_scales) const;
  const std::vector<double>& log_px() const { return log_px_; }  // by image, in the model's units

 private:
  EvidenceOptions how_;
  std::size_t most_rows_;
  double observed_ = 0;  // pixels, of all images
  std::vector<double> log_px_, upper_;
  vae::Evidence weights_;  // of all images; its log_px is not used
};

// The keys of `elbo eval --json`, in their order, and its lines.
void add_to_json(const EvidenceReport& report, nlohmann::ordered_json& json);
std::string as_text(const EvidenceReport& report);

}  // namespace tools
