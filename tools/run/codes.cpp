// Passes over the images of a split.
#include "tools/run/codes.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/run/evidence_report.h"
#include "tools/run/memory.h"
#include "tools/run/progress_line.h"
#include "vae/elbo.h"
#include "vae/inference/target.h"

namespace tools {

using namespace autograd;

namespace {

// The scores, and for each pass a call with what was inferred of its images, the first of which has this
// number.
Scores score_and_call(const Experiment& e, Split split, std::size_t count, std::size_t importance_samples,
                      bool quiet,
                      const std::function<void(std::size_t first, const std::vector<vae::Level>&)>& use) {
  EvidenceOptions how;
  how.importance_samples = importance_samples;
  EvidenceTotals evidence(how, rows_within(most_bytes_of_pass, *e.model, e.data[split].pixels()));
  ProgressLine line(0, quiet);
  Scores scores;
  for (std::size_t first = 0; first < count; first += evidence.images_at_once()) {
    const std::size_t last = std::min(count, first + evidence.images_at_once());
    const ImageIndices images = index_range(first, last);
    const Array x = e.batch(split, images);
    {
      Evaluation scope;
      const std::vector<vae::Level> levels =
          vae::infer(*e.model, constant(x), 1, e.evaluation_noise(split, images));
      const Var elbo = vae::bound_along(*e.model, constant(x), levels, 1, vae::KLForm::mixed).elbo;
      e.check_finite(elbo, "the bound on the " + name_of(split) + " images");
      for (const Real v : elbo.value()) scores.elbo.push_back(double(v) - e.log_scale());
      use(first, levels);
    }
    const Stream noise = for_images(e.stream().at(Purpose::importance), images);
    evidence.add(*e.model, x, {}, noise.at_epoch(std::uint32_t(split)));
    if (line.due()) line.show(last, count, "image " + std::to_string(last) + "/" + std::to_string(count));
  }
  for (const double v : evidence.log_px()) scores.log_px.push_back(v - e.log_scale());
  return scores;
}

}  // namespace

Scores score(const Experiment& e, Split split, std::size_t count, std::size_t importance_samples,
             bool quiet) {
  return score_and_call(e, split, count, importance_samples, quiet,
                        [](std::size_t, const std::vector<vae::Level>&) {});
}

double p_value(double value, const std::vector<double>& among) {
  const auto below = std::count_if(among.begin(), among.end(), [&](double v) { return v <= value; });
  return double(1 + below) / double(1 + among.size());
}

void write_codes(const Experiment& e, Split split, std::size_t count, const std::string& directory,
                 const CodesToWrite& what) {
  // See that the files can be written, before the work.
  const std::filesystem::path path = directory;
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw Failure(exit_cannot_create, directory + ": cannot be created: " + error.message());
  const auto file = [&](const char* name, std::size_t t) {
    return path / (std::string(name) + "_" + std::to_string(t) + ".npy");
  };
  const std::size_t L = e.model->levels();
  for (std::size_t t = 0; t < L; ++t)
    for (const char* name : {"mu", "sigma", "z"}) check_output(file(name, t));
  for (const char* name : {"elbo.npy", "log_px.npy", "labels.npy", "x_mean.npy"}) check_output(path / name);

  // Gather the codes.
  const std::vector<std::size_t> sizes = vae::latent_sizes(*e.model);
  std::vector<Array> mu(L), sigma(L), z(L);
  for (std::size_t t = 0; t < L; ++t) mu[t] = sigma[t] = z[t] = empty({count, sizes[t]});
  Array x_mean = empty({what.means ? count : 0, e.data[split].pixels()});
  const Scores scores =
      score_and_call(e, split, count, what.importance_samples, what.quiet,
                     [&](std::size_t first, const std::vector<vae::Level>& levels) {
                       for (std::size_t t = 0; t < L; ++t) {
                         const auto put = [&](const Array& rows, Array& all) {
                           std::copy_n(rows.data(), rows.size(), all.data() + first * sizes[t]);
                         };
                         put((*levels[t].q)->mean().value(), mu[t]);
                         put(sqrt((*levels[t].q)->variance()).value(), sigma[t]);
                         put(levels[t].z.value(), z[t]);
                       }
                       if (!what.means) return;
                       const Array mean = e.model->decode(levels.back().below)->mean().value();
                       std::copy_n(mean.data(), mean.size(), x_mean.data() + first * mean.shape(1));
                     });

  // Write them.
  for (std::size_t t = 0; t < L; ++t) {
    write_npy(file("mu", t).string(), mu[t]);
    write_npy(file("sigma", t).string(), sigma[t]);
    write_npy(file("z", t).string(), z[t]);
  }
  write_npy((path / "elbo.npy").string(), scores.elbo);
  if (!scores.log_px.empty()) write_npy((path / "log_px.npy").string(), scores.log_px);
  if (what.means) write_npy((path / "x_mean.npy").string(), x_mean);
  const std::vector<std::uint8_t>& labels = e.data[split].labels;
  if (labels.size() >= count && count > 0)
    write_npy((path / "labels.npy").string(), {labels.begin(), labels.begin() + std::ptrdiff_t(count)});
}

}  // namespace tools
