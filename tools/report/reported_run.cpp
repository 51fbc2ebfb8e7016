// The passes over the images that a report needs.
#include "tools/report/reported_run.h"

#include <algorithm>

#include "tools/run/memory.h"
#include "tools/run/run_directory.h"
#include "tools/run/statistics.h"

namespace tools {

using namespace autograd;

namespace {

// The first test images, the pixels of each in an order of its own: as bright as they are, and of no shape.
Array shuffled_pixels(const Experiment& e, const ImageIndices& images) {
  const Array x = e.batch(Split::test, images);
  const std::size_t D = x.shape(1);
  Array noise = empty({images.size(), D});
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Stream of_image = e.stream().at(Purpose::general).at_epoch(std::uint32_t(images[i]));
    const std::vector<std::size_t> from = permutation(of_image, D);
    for (std::size_t d = 0; d < D; ++d) noise(i, d) = x(i, from[d]);
  }
  return noise;
}

// log p(x) of them as `evaluate` has it of images, by importance sampling.
std::vector<double> score_noise(const Experiment& e, std::size_t count, std::size_t importance_samples) {
  EvidenceOptions how;
  how.importance_samples = importance_samples;
  EvidenceTotals evidence(how, e.rows_of_pass());
  std::vector<double> log_scales;
  for (std::size_t first = 0; first < count; first += evidence.images_at_once()) {
    const ImageIndices some = index_range(first, std::min(count, first + evidence.images_at_once()));
    vae::Given model = e.given(Split::test, some);
    const Array x = shuffled_pixels(e, some);
    evidence.add(model, x, {}, for_images(e.stream().at(Purpose::importance), some).at_epoch(16));
    const std::vector<double> scales = e.log_scales(x);
    log_scales.insert(log_scales.end(), scales.begin(), scales.end());
  }
  std::vector<double> log_px = evidence.log_px();
  subtract(log_scales, log_px);
  return log_px;
}

}  // namespace

ReportedRun reported_run(const std::string& name, const std::string& weights, const Experiment& e,
                         std::size_t images, std::size_t importance_samples) {
  ReportedRun run = {name, weights, e, read_metrics(RunDirectory(name).metrics().string()), {}, {}, {}, {}};
  const auto evaluated = [&](Split split) {
    EvaluationOptions how;
    how.limit = std::min(images, e.data[split].count), how.evidence.importance_samples = importance_samples;
    return how.limit > 0 ? evaluate(e, split, how) : Report();  // a limit of 0 is none
  };
  Report of_test = evaluated(Split::test);
  run.mean = of_test.mean, run.of_test = std::move(of_test.by_image);
  run.of_validation = evaluated(Split::validation).by_image;
  run.of_noise = score_noise(e, std::min<std::size_t>(50, run.of_test.elbo.size()), importance_samples);
  return run;
}

}  // namespace tools
