// One pass over the images; their means and standard errors; the report in two forms.
#include "tools/run/evaluate.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/run/memory.h"
#include "tools/run/progress_line.h"
#include "tools/run/statistics.h"
#include "tools/text.h"
#include "vae/inference/target.h"
#include "vae/missing.h"
#include "vae/posterior.h"

namespace tools {

using autograd::Array;
using autograd::Shape;
using autograd::Stream;
using autograd::Var;

namespace {

void append(std::vector<double>& to, const Var& v) {
  to.insert(to.end(), v.value().data(), v.value().data() + v.value().size());
}

std::string noise_file(std::size_t level) { return "eps_" + std::to_string(level) + ".npy"; }

// Makes the directory, and fails now rather than after minutes of work if a file cannot be written there.
void prepare_export(const Experiment& e, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    throw Failure(exit_cannot_create, directory.string() + ": cannot be created: " + error.message());
  for (const char* name : {"x.npy", "c.npy", "elbo.npy", "log_px.npy"}) check_output(directory / name);
  for (std::size_t t = 0; t < e.model->levels(); ++t) check_output(directory / noise_file(t));
}

// `z` are the latents that the images were drawn from, if they were.
struct Inputs {
  vae::Given model;  // p(x, z), or p(x, z|c)
  Array x;
  std::optional<Array> z;
};

// The model of images with these numbers. Where something conditions it, images beyond the split have what
// those of the split have, again and again.
vae::Given model_of(const Experiment& e, Split split, ImageIndices images) {
  for (std::size_t& image : images) image %= std::max<std::size_t>(1, e.data[split].count);
  return e.given(split, images);
}

// Of a split, or drawn from the model with the noise of each image's number.
Inputs inputs_of(const Experiment& e, Split split, const ImageIndices& images, bool simulated) {
  vae::Given model = model_of(e, split, images);
  if (!simulated) return {std::move(model), e.batch(split, images), {}};
  vae::Simulated drawn = vae::simulate(model, images.size(), for_images(e.stream(), images));
  return {std::move(model), std::move(drawn.x), std::move(drawn.z)};
}

bool tells_classes(const Experiment& e, Split split) {
  return e.config.labelled > 0 && !e.data[split].labels.empty();
}

// The images whose label is the likeliest under q(y|x).
std::size_t count_right(const Experiment& e, Split split, const ImageIndices& images,
                        const vae::Level& of_class) {
  if (!tells_classes(e, split)) return 0;
  const Array q = (*of_class.q)->mean().value();
  std::size_t right = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const autograd::Real* row = q.data() + i * q.shape(1);
    right += std::size_t(std::max_element(row, row + q.shape(1)) - row) == e.data[split].labels[images[i]];
  }
  return right;
}

void export_arrays(const Experiment& e, Split split, const EvaluationOptions& o,
                   const std::vector<double>& elbo, const std::vector<double>& log_px) {
  const std::filesystem::path path = o.export_to;
  const ImageIndices images = index_range(0, elbo.size());
  const Inputs inputs = inputs_of(e, split, images, o.simulate);
  write_npy((path / "x.npy").string(), inputs.x);
  std::error_code none;
  std::filesystem::remove(path / "c.npy", none);  // of what was exported here before
  if (e.conditioning.size() > 0) {
    autograd::Evaluation scope;
    write_npy((path / "c.npy").string(), inputs.model.condition(images.size()).value());
  }
  const std::vector<std::size_t> sizes = e.latent_sizes();
  for (std::size_t t = 0; t < sizes.size(); ++t)
    write_npy((path / noise_file(t)).string(),
              autograd::normal(e.evaluation_noise(split, images).at_level(std::uint32_t(t)),
                               Shape{images.size(), sizes[t]}));
  write_npy((path / "elbo.npy").string(), elbo);
  if (!log_px.empty()) write_npy((path / "log_px.npy").string(), log_px);
}

}  // namespace

Report evaluate(const Experiment& e, Split split, const EvaluationOptions& o) {
  if (o.evidence.method == EvidenceMethod::interval && !o.simulate)
    throw Failure(exit_usage,
                  "--evidence interval needs images drawn from the model, as by --simulate N: the upper end "
                  "needs a draw of z from p(z|x), which is known of such images only");
  if (o.diagnosis.gaps && o.evidence.method == EvidenceMethod::importance && !o.evidence.importance_samples)
    throw Failure(exit_usage, "--gaps are below log p(x), which needs --importance-samples");
  if (e.model->first_values() && (o.evidence.method != EvidenceMethod::importance || o.diagnosis.gaps))
    throw Failure(exit_usage,
                  "--evidence ais and interval, and --gaps, move z by a gradient, and a class has none");
  if (o.diagnosis.gaps && &vae::posterior_named(e.config.posterior) != &vae::diagonal_posterior())
    throw Failure(exit_usage,
                  "--gaps compares with the best diagonal normals, and q is not one of them under "
                  "--posterior " +
                      e.config.posterior);
  if (!o.export_to.empty() && (!vae::posterior_named(e.config.posterior).smooth || e.model->first_values()))
    throw Failure(exit_usage,
                  "--export has noise of normals, and the z of this model are also chosen from several");
  const std::size_t all = o.simulate ? o.simulate : e.data[split].count;
  const std::size_t count = o.limit ? std::min(o.limit, all) : all;
  if (o.diagnosis.active_units && count < 2)
    throw Failure(exit_usage, "--active-units compares images: at least two are needed");
  if (!o.export_to.empty()) prepare_export(e, o.export_to);
  EvidenceTotals evidence(o.evidence, e.rows_of_pass());
  DiagnosisTotals diagnosis(o.diagnosis);
  ProgressLine line(0, o.quiet);
  BoundTotals totals;
  std::vector<double> elbo, log_scales;  // by image
  std::size_t right = 0;                 // of those whose class is told
  double missing = 0;                    // Σ over images of the share of their pixels that is missing

  for (std::size_t first = 0; first < count; first += evidence.images_at_once()) {
    const std::size_t last = std::min(count, first + evidence.images_at_once());
    const ImageIndices numbers = index_range(first, last);
    Inputs images = inputs_of(e, split, numbers, o.simulate);

    // The bound, at one sample of z.
    {
      autograd::Evaluation scope;
      const Var x = autograd::constant(images.x);
      const std::vector<vae::Level> levels =
          vae::infer(images.model, x, 1, e.evaluation_noise(split, numbers));
      const vae::Bound bound =  // a class is summed over, though one is drawn beside it
          e.model->first_values()
              ? vae::elbo(images.model, x, 1, vae::KLForm::mixed, e.evaluation_noise(split, numbers))
              : vae::bound_along(images.model, x, levels, 1, vae::KLForm::mixed);
      e.check_finite(bound.elbo, "the bound on the " + name_of(split) + " images");
      const std::vector<double> scales = e.log_scales(images.x);
      log_scales.insert(log_scales.end(), scales.begin(), scales.end());
      totals.add(bound, scales);
      missing += (1 - vae::share_observed(images.x)) * double(numbers.size());
      append(elbo, bound.elbo);
      if (!o.simulate) right += count_right(e, split, numbers, levels.front());
      if (o.use_levels) o.use_levels(first, levels);
    }

    // log p(x), at many.
    const Stream noise = for_images(e.stream().at(autograd::Purpose::importance), numbers);
    evidence.add(images.model, images.x, images.z, noise.at_epoch(std::uint32_t(split)));
    const std::vector<double>& log_px = evidence.log_px();  // of these and those before, if it is asked for
    diagnosis.add(images.model, images.x,
                  {log_px.begin() + std::ptrdiff_t(std::min(first, log_px.size())), log_px.end()},
                  noise.at_epoch(8));
    if (line.due()) line.show(last, count, "image " + std::to_string(last) + "/" + std::to_string(count));
  }
  if (!o.export_to.empty()) export_arrays(e, split, o, elbo, evidence.log_px());
  std::vector<double> log_px = evidence.log_px();
  for (std::vector<double>* each : {&elbo, &log_px}) subtract(log_scales, *each);

  Report r;
  r.mean = totals.means();
  r.elbo_se = standard_error(elbo);
  if (tells_classes(e, split) && !o.simulate) r.accuracy = double(right) / double(count);
  r.evidence = evidence.report(log_scales);
  r.diagnosis = diagnosis.report(model_of(e, split, index_range(0, diagnosis.images())),
                                 e.stream().at(autograd::Purpose::evaluation).at_epoch(8));
  r.by_image = {std::move(elbo), std::move(log_px), missing / double(count)};
  return r;
}

std::string as_json(const Report& r) {
  nlohmann::ordered_json json = {{"data", r.data},
                                 {"split", r.split},
                                 {"checkpoint", r.checkpoint},
                                 {"n", r.mean.images},
                                 {"elbo", r.mean.elbo},
                                 {"elbo_se", r.elbo_se},
                                 {"reconstruction", r.mean.reconstruction},
                                 {"kl", r.mean.kl},
                                 {"kl_per_level", r.mean.kl_per_level}};
  if (r.accuracy) json["accuracy"] = *r.accuracy;
  if (r.by_image.share_missing > 0) json["missing"] = r.by_image.share_missing;
  add_to_json(r.evidence, json);
  add_to_json(r.diagnosis, json);
  return json.dump();
}

std::string as_text(const Report& r) {
  const auto error = [](double se) { return std::isnan(se) ? "± unknown" : text("± %.3f", se); };
  std::string out = counted(r.mean.images, ((r.split.empty() ? "" : r.split + " ") + "image").c_str()) +
                    " of " + r.data + "; " + r.checkpoint + "\n";
  if (r.by_image.share_missing > 0)
    out += text("%.2g %% of the pixels are missing, and bounds are of the others\n",
                100 * r.by_image.share_missing);
  out += text("bound    %10.3f  %s over images  =  reconstruction %.3f - KL %.3f\n", r.mean.elbo,
              error(r.elbo_se).c_str(), r.mean.reconstruction, r.mean.kl);
  out += as_text(r.evidence) + as_text(r.diagnosis);
  if (r.accuracy)
    out += text("the likeliest class under q(y|x) is the label of %.2f %% of them\n", 100 * *r.accuracy);
  if (r.mean.kl_per_level.size() > 1) {
    out += "KL by level";
    for (const double k : r.mean.kl_per_level) out += text("  %.3f", k);
    out += "\n";
  }
  out += "nats per image; ± is the standard error, and a bound and a log p(x) of few draws are noisy both\n";
  if (r.evidence.log_px < r.mean.elbo)
    out +=
        "The estimate of log p(x) is below the bound, which log p(x) itself is not: the noise of one of them "
        "is "
        "larger than what is between them. More images or " +
        std::string(r.evidence.how.method == EvidenceMethod::importance ? "--importance-samples"
                                                                        : "--temperatures and --chains") +
        " are needed\n";
  return out;
}

}  // namespace tools
