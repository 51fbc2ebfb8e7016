#include "tools/run/evaluate.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/errors.h"
#include "tools/files/npy.h"
#include "tools/run/progress_line.h"
#include "tools/text.h"
#include "vae/evidence.h"

namespace tools {

using autograd::constant;
using autograd::Shape;
using autograd::Var;

namespace {

// Few images at a time, so that a pass of 1,000 rows holds many samples of each and encodes it once.
constexpr std::size_t images_at_once = 20;

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

void make_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw Failure(exit_cannot_create, directory + ": cannot be created: " + error.message());
}

void export_arrays(const Experiment& e, Split split, const Rows& rows, const std::vector<double>& elbo,
                   const std::string& directory) {
  const std::filesystem::path path = directory;
  write_npy((path / "x.npy").string(), e.presented(split, rows));
  for (std::size_t t = 0; t < e.config.latent.size(); ++t)
    write_npy((path / ("eps_" + std::to_string(t) + ".npy")).string(),
              autograd::normal(e.evaluation_noise(split, rows).at_level(std::uint32_t(t)),
                               Shape{rows.size(), e.config.latent[t]}));
  write_npy((path / "elbo.npy").string(), autograd::array(Shape{rows.size()}, {elbo.begin(), elbo.end()}));
}

}  // namespace

Report evaluate(const Experiment& e, Split split, std::size_t limit, std::size_t importance_samples,
                const std::string& export_to, bool quiet) {
  if (!export_to.empty()) make_directory(export_to);  // before minutes of work, not after
  const std::size_t count = e.count(split, limit);
  ProgressLine line(0, count, quiet);
  std::vector<double> elbo, reconstruction, kl, log_px, mc_variance;
  std::vector<std::vector<double>> kl_per_level(e.config.latent.size());

  for (std::size_t first = 0; first < count; first += images_at_once) {
    const Rows rows = row_range(first, std::min(count, first + images_at_once));
    const Array x = e.presented(split, rows);
    {
      autograd::Evaluation scope;
      const vae::Bound bound = e.bound(split, rows, x);
      e.check_finite(bound.elbo, "the bound");
      append(elbo, bound.elbo);
      append(reconstruction, bound.reconstruction);
      append(kl, bound.kl);
      for (std::size_t t = 0; t < kl_per_level.size(); ++t) append(kl_per_level[t], bound.kl_per_level[t]);
    }
    const Stream noise = for_rows(e.stream().at(Purpose::importance).at_epoch(std::uint32_t(split)), rows);
    const vae::Evidence evidence = vae::log_evidence(*e.model, x, importance_samples, noise);
    log_px.insert(log_px.end(), evidence.log_px.begin(), evidence.log_px.end());
    for (const double se : evidence.standard_error) mc_variance.push_back(se * se);
    if (line.due())
      line.show(rows.back() + 1, "image " + std::to_string(rows.back() + 1) + "/" + std::to_string(count));
  }
  if (!export_to.empty()) export_arrays(e, split, row_range(0, count), elbo, export_to);

  Report r;
  r.n = count;
  r.elbo = mean(elbo), r.elbo_se = standard_error(elbo);
  r.reconstruction = mean(reconstruction), r.kl = mean(kl);
  for (const auto& values : kl_per_level) r.kl_per_level.push_back(mean(values));
  r.log_px = mean(log_px), r.log_px_se = standard_error(log_px);
  r.log_px_mc_se = std::sqrt(mean(mc_variance) / double(count));
  r.importance_samples = importance_samples;
  return r;
}

std::string as_json(const Report& r) {
  const nlohmann::ordered_json json = {{"n", r.n},
                                       {"elbo", r.elbo},
                                       {"elbo_se", r.elbo_se},
                                       {"reconstruction", r.reconstruction},
                                       {"kl", r.kl},
                                       {"kl_per_level", r.kl_per_level},
                                       {"log_px", r.log_px},
                                       {"log_px_se", r.log_px_se},
                                       {"log_px_mc_se", r.log_px_mc_se},
                                       {"importance_samples", r.importance_samples}};
  return json.dump();
}

std::string as_text(const Report& r) {
  const auto error = [](double se) { return std::isnan(se) ? "± unknown" : text("± %.3f", se); };
  std::string out = text("%zu images, nats per image\n", r.n);
  out += text("bound    %10.3f  %s over images  =  reconstruction %.3f − KL %.3f\n", r.elbo,
              error(r.elbo_se).c_str(), r.reconstruction, r.kl);
  out += text("log p(x) %10.3f  %s over images, %s over %zu importance draws each\n", r.log_px,
              error(r.log_px_se).c_str(), error(r.log_px_mc_se).c_str(), r.importance_samples);
  if (r.kl_per_level.size() > 1) {
    out += "KL by level";
    for (const double k : r.kl_per_level) out += text("  %.3f", k);
    out += "\n";
  }
  return out;
}

}  // namespace tools
