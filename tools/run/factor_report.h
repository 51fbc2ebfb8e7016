// What the latents of a run's model tell of the factors that the built-in shapes were drawn from.
#pragma once

#include <string>
#include <vector>

#include "tools/run/experiment.h"
#include "vae/diagnosis/mutual_information_gap.h"

namespace tools {

// The kind, x, y, radius and angle of each image; the last four, which are real numbers, by which of so many
// equal parts of the images they are in. Failure(exit_usage) unless all are known.
struct ShapeFactors {
  std::vector<std::string> names;
  vae::FactorValues values;  // [5][N]
};
ShapeFactors factors_of(const Images& images, std::size_t parts);

struct FactorReport {
  std::size_t images = 0;
  std::vector<std::string> names;     // of the factors
  vae::MutualInformationGap latents;  // of z₀
  std::size_t level = 0;              // of z, whose latents they are: the first that is no class
};

// Of the first `limit` images of a split (0: all), by q(z₀|x). Failure(exit_usage) if their factors are not
// known, or for fewer than two latents, or no more images than parts.
FactorReport factor_report(const Experiment& experiment, Split split, std::size_t limit, std::size_t parts);

std::string as_json(const FactorReport& report);
std::string as_text(const FactorReport& report);

}  // namespace tools
