// How good a model is: its bound and log p(x) on images of a split.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/run/bound_totals.h"
#include "tools/run/diagnosis_report.h"
#include "tools/run/evidence_report.h"
#include "tools/run/experiment.h"
#include "vae/elbo.h"

namespace tools {

struct EvaluationOptions {
  std::size_t limit = 0;     // the first images only; 0: all
  std::size_t simulate = 0;  // so many images drawn from the model instead; 0: those of the split
  EvidenceOptions evidence;
  DiagnosisOptions diagnosis;
  std::string export_to;  // a directory for the arrays below; empty: none
  bool quiet = true;      // no line of progress
  // Called for each pass with what was inferred of its images, the first of which has this number; or empty.
  std::function<void(std::size_t first, const std::vector<vae::Level>& levels)> use_levels;
};

// By image, in nats and in the units of the data.
struct Scores {
  std::vector<double> elbo, log_px;  // log p(x) is empty if it was not asked for
  double share_missing = 0;          // of the pixels, in all of them
};

// Means over images, in nats per image. `_se` are standard errors over the images: unknown of one image, NaN,
// null in JSON.
struct Report {
  std::string split, data,
      checkpoint;  // what was evaluated, for who reads the report; no split: all of the data
  BoundTotals mean;
  double elbo_se = 0;
  std::optional<double>
      accuracy;  // the share of images whose label is the likeliest under q(y|x), of --labelled
  EvidenceReport evidence;
  DiagnosisReport diagnosis;
  Scores by_image;
};

// The bound has one sample of z per image and the KL in closed form; log p(x) is by the method asked for.
// With `export_to`, writes there x.npy (the images as evaluated, [n,D]), c.npy (what
// conditions them, if something does, [n,C]), eps_0.npy, … (the noise of that
// sample by level, [n,Z_t]: z_t = μ_t + σ_t ε_t) and elbo.npy ([n]), from which the bound can be recomputed
// elsewhere, and log_px.npy ([n]); all in the model's units. Failure(exit_not_finite) if the bound is not
// finite. Failure(exit_usage) for an interval of images that were not drawn from the model.
Report evaluate(const Experiment& experiment, Split split, const EvaluationOptions& options = {});

std::string as_json(const Report& report);
std::string as_text(const Report& report);

}  // namespace tools
