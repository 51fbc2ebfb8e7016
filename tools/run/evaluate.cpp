// One pass over the images; their means and standard errors; the report in two forms.
#include "tools/run/evaluate.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/run/choices.h"
#include "tools/run/progress_line.h"
#include "tools/text.h"
#include "vae/evidence/importance.h"

namespace tools {

using autograd::Array;
using autograd::Shape;
using autograd::Stream;
using autograd::Var;

namespace {

// A pass of log_evidence has 1,000 rows: few images at a time, so that it holds many samples of each and
// encodes each once. The bound alone takes as many as the products need for full speed.
constexpr std::size_t images_at_once_for_log_px = 20, images_at_once_for_bound = 500;

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / double(v.size());
}

// √(Σ (x − x̄)² / (n − 1) / n), NaN for one
double standard_error(const std::vector<double>& v) {
  const double m = mean(v), n = double(v.size());
  double squares = 0;
  for (const double x : v) squares += (x - m) * (x - m);
  return std::sqrt(squares / (n - 1) / n);
}

void append(std::vector<double>& to, const Var& v) {
  to.insert(to.end(), v.value().data(), v.value().data() + v.value().size());
}

// Of every image less this.
void subtract(double scale, std::vector<double>& from) {
  for (double& v : from) v -= scale;
}

std::string noise_file(std::size_t level) { return "eps_" + std::to_string(level) + ".npy"; }

// Makes the directory, and fails now rather than after minutes of work if a file cannot be written there.
void prepare_export(const Experiment& e, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    throw Failure(exit_cannot_create, directory.string() + ": cannot be created: " + error.message());
  for (const char* name : {"x.npy", "elbo.npy"}) check_output(directory / name);
  for (std::size_t t = 0; t < e.config.latent.size(); ++t) check_output(directory / noise_file(t));
}

void export_arrays(const Experiment& e, Split split, const ImageIndices& images,
                   const std::vector<double>& elbo, const std::string& directory) {
  const std::filesystem::path path = directory;
  write_npy((path / "x.npy").string(), e.batch(split, images));
  for (std::size_t t = 0; t < e.config.latent.size(); ++t)
    write_npy((path / noise_file(t)).string(),
              autograd::normal(e.evaluation_noise(split, images).at_level(std::uint32_t(t)),
                               Shape{images.size(), e.config.latent[t]}));
  write_npy((path / "elbo.npy").string(), autograd::array(Shape{images.size()}, {elbo.begin(), elbo.end()}));
}

}  // namespace

Report evaluate(const Experiment& e, Split split, const EvaluationOptions& o) {
  if (!o.export_to.empty()) prepare_export(e, o.export_to);
  const std::size_t all = e.data[split].count, count = o.limit ? std::min(o.limit, all) : all;
  const std::size_t at_once = o.importance_samples ? images_at_once_for_log_px : images_at_once_for_bound;
  ProgressLine line(0, count, o.quiet);
  BoundTotals totals;
  std::vector<double> elbo, log_px, mc_variance;  // by image

  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t last = std::min(count, first + at_once);
    const ImageIndices images = index_range(first, last);
    const Array x = e.batch(split, images);

    // The bound, at one sample of z.
    {
      autograd::Evaluation scope;
      const vae::Bound bound = vae::elbo(*e.model, autograd::constant(x), 1, vae::KLForm::analytic,
                                         e.evaluation_noise(split, images));
      e.check_finite(bound.elbo, "the bound on the " + name_of(split) + " images");
      totals.add(bound, e.log_scale());
      append(elbo, bound.elbo);
    }

    // log p(x), at many.
    if (o.importance_samples) {
      const Stream noise =
          for_images(e.stream().at(autograd::Purpose::importance).at_epoch(std::uint32_t(split)), images);
      const vae::Evidence evidence = vae::log_evidence(*e.model, x, o.importance_samples, noise);
      log_px.insert(log_px.end(), evidence.log_px.begin(), evidence.log_px.end());
      for (const double se : evidence.standard_error) mc_variance.push_back(se * se);
    }
    if (line.due()) line.show(last, "image " + std::to_string(last) + "/" + std::to_string(count));
  }
  if (!o.export_to.empty()) export_arrays(e, split, index_range(0, count), elbo, o.export_to);
  subtract(e.log_scale(), elbo), subtract(e.log_scale(), log_px);

  Report r;
  r.mean = totals.means();
  r.elbo_se = standard_error(elbo);
  r.log_px = mean(log_px), r.log_px_se = standard_error(log_px);
  r.log_px_mc_se = std::sqrt(mean(mc_variance) / double(count));
  r.importance_samples = o.importance_samples;
  return r;
}

std::string as_json(const Report& r) {
  const nlohmann::ordered_json json = {{"data", r.data},
                                       {"split", r.split},
                                       {"checkpoint", r.checkpoint},
                                       {"n", r.mean.images},
                                       {"elbo", r.mean.elbo},
                                       {"elbo_se", r.elbo_se},
                                       {"reconstruction", r.mean.reconstruction},
                                       {"kl", r.mean.kl},
                                       {"kl_per_level", r.mean.kl_per_level},
                                       {"log_px", r.log_px},
                                       {"log_px_se", r.log_px_se},
                                       {"log_px_mc_se", r.log_px_mc_se},
                                       {"importance_samples", r.importance_samples}};
  return json.dump();
}

std::string as_text(const Report& r) {
  const auto error = [](double se) { return std::isnan(se) ? "± unknown" : text("± %.3f", se); };
  std::string out = counted(r.mean.images, ((r.split.empty() ? "" : r.split + " ") + "image").c_str()) +
                    " of " + r.data + "; " + r.checkpoint + "\n";
  out += text("bound    %10.3f  %s over images  =  reconstruction %.3f - KL %.3f\n", r.mean.elbo,
              error(r.elbo_se).c_str(), r.mean.reconstruction, r.mean.kl);
  out += text("log p(x) %10.3f  %s over images, %s over ", r.log_px, error(r.log_px_se).c_str(),
              error(r.log_px_mc_se).c_str()) +
         counted(r.importance_samples, "importance draw") + " each\n";
  if (r.mean.kl_per_level.size() > 1) {
    out += "KL by level";
    for (const double k : r.mean.kl_per_level) out += text("  %.3f", k);
    out += "\n";
  }
  out += "nats per image; ± is the standard error, and a bound and a log p(x) of few draws are noisy both\n";
  if (r.log_px < r.mean.elbo)
    out +=
        "log p(x) is not below its bound: here the noise is larger than what is between them, and more "
        "images or --importance-samples are needed\n";
  return out;
}

}  // namespace tools
