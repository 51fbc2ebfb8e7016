// What is kept of the passes of `evaluate`.
#include "tools/run/codes.h"

#include <algorithm>
#include <filesystem>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "vae/elbo.h"
#include "vae/inference/target.h"

namespace tools {

using namespace autograd;

Scores score(const Experiment& e, Split split, std::size_t count, std::size_t importance_samples,
             bool quiet) {
  if (count == 0) return {};  // a limit of 0 is none
  EvaluationOptions how;
  how.limit = count, how.evidence.importance_samples = importance_samples, how.quiet = quiet;
  return evaluate(e, split, how).by_image;
}

double p_value(double value, const std::vector<double>& among) {
  const auto below = std::count_if(among.begin(), among.end(), [&](double v) { return v <= value; });
  return double(1 + below) / double(1 + among.size());
}

void write_codes(const Experiment& e, Split split, std::size_t count, const std::string& directory,
                 const CodesToWrite& what) {
  if (what.means && decoder_named(e.config.decoder) == vae::DecoderKind::pixelcnn)
    throw Failure(exit_usage, "--means: under --decoder pixelcnn p(x|z) has no mean in closed form");

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
  const std::vector<std::size_t> sizes = e.latent_sizes();
  std::vector<Array> mu(L), sigma(L), z(L);
  for (std::size_t t = 0; t < L; ++t) mu[t] = sigma[t] = z[t] = empty({count, sizes[t]});
  Array x_mean = empty({what.means ? count : 0, e.conditioning.pixels()});
  EvaluationOptions how;
  how.limit = count, how.evidence.importance_samples = what.importance_samples, how.quiet = what.quiet;
  how.use_levels = [&](std::size_t first, const std::vector<vae::Level>& levels) {
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
  };
  const Scores scores = count > 0 ? evaluate(e, split, how).by_image : Scores();

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
    write_npy((path / "labels.npy").string(),
              std::vector<double>(labels.begin(), labels.begin() + std::ptrdiff_t(count)));
}

}  // namespace tools
