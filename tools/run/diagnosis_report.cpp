// Active units and gaps of a run's model.
#include "tools/run/diagnosis_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/run/statistics.h"
#include "tools/text.h"
#include "vae/descent.h"
#include "vae/diagnosis/active_units.h"
#include "vae/inference/local.h"

namespace tools {

using autograd::Array;

namespace {

// The variance of posterior means is of so many images at most, all at once, with so many samples of the
// levels above.
constexpr std::size_t most_images = 2000, samples_of_levels = 10;

Array under_each_other(const std::vector<Array>& parts) {
  std::size_t rows = 0;
  for (const Array& part : parts) rows += part.shape(0);
  Array all = autograd::empty({rows, parts.front().shape(1)});
  autograd::Real* to = all.data();
  for (const Array& part : parts) to = std::copy_n(part.data(), part.size(), to);
  return all;
}

}  // namespace

void DiagnosisTotals::add(vae::Model& model, const Array& x, const std::vector<double>& log_px,
                          const autograd::Stream& noise) {
  if (how_.active_units && rows_ < most_images) images_.push_back(x), rows_ += x.shape(0);
  if (!how_.gaps) return;
  vae::LocalInference how;
  how.steps = 300, how.evaluation_samples = 500;
  const vae::LocalBound found = vae::local_bound(model, x, how, noise);
  for (std::size_t i = 0; i < log_px.size(); ++i) {
    approximation_.push_back(log_px[i] - found.local[i]);
    amortization_.push_back(found.local[i] - found.amortized[i]);
  }
}

DiagnosisReport DiagnosisTotals::report(const vae::Model& model, const autograd::Stream& noise) const {
  DiagnosisReport r;
  r.how = how_;
  if (how_.active_units) {
    const Array x = under_each_other(images_);
    const std::size_t samples = model.levels() > 1 ? samples_of_levels : 1;
    for (const auto& A : vae::variance_of_posterior_means(model, x, samples, noise)) {
      r.active.push_back(std::size_t(std::count_if(A.begin(), A.end(), [](double a) { return a > 0.01; })));
      r.latents.push_back(A.size());
    }
  }
  if (how_.gaps) {
    r.approximation = mean(approximation_), r.approximation_se = standard_error(approximation_);
    r.amortization = mean(amortization_), r.amortization_se = standard_error(amortization_);
  }
  return r;
}

void add_to_json(const DiagnosisReport& r, nlohmann::ordered_json& json) {
  if (r.how.active_units) json["active_units"] = r.active, json["latents"] = r.latents;
  if (!r.how.gaps) return;
  json["approximation_gap"] = r.approximation, json["approximation_gap_se"] = r.approximation_se;
  json["amortization_gap"] = r.amortization, json["amortization_gap_se"] = r.amortization_se;
}

std::string as_text(const DiagnosisReport& r) {
  std::string out;
  if (r.how.gaps)
    out += text(
        "         approximation gap %.3f ± %.3f (q is a diagonal normal; at least, on average) + "
        "amortization gap %.3f ± %.3f (one encoder)\n",
        r.approximation, r.approximation_se, r.amortization, r.amortization_se);
  if (!r.how.active_units) return out;
  out += "         active units:";
  for (std::size_t t = 0; t < r.active.size(); ++t)
    out += text("%s %zu of %zu", t ? "," : "", r.active[t], r.latents[t]);
  return out + (r.active.size() > 1 ? ", from the top level down\n" : "\n");
}

}  // namespace tools
