// The three methods image by image, their means, and the report in two forms.
#include "tools/run/evidence_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/run/statistics.h"
#include "tools/text.h"
#include "vae/evidence/weights.h"
#include "vae/missing.h"

namespace tools {

const Names& evidence_names() {
  static const Names names = {"importance", "ais", "interval"};
  return names;
}

EvidenceMethod evidence_named(const std::string& name) {
  return EvidenceMethod(chosen("evidence", name, evidence_names()));
}

namespace {

// The error of the mean log p(x) over the draws. If the error of each image is known, it follows from those;
// else from the halves of the draws, d²/2 on average being the variance with half of them, which is a little
// larger. A few images have too few halves to tell.
double error_over_draws(const vae::Evidence& images) {
  constexpr std::size_t enough = 10;
  std::vector<double> from_errors, from_halves;
  for (const double error : images.standard_error) from_errors.push_back(error * error);
  for (const double d : images.difference_of_halves) from_halves.push_back(d * d / 2);
  const double n = double(from_errors.size());
  const double known = std::sqrt(mean(from_errors) / n);
  if (!std::isnan(known)) return known;
  return n < enough ? std::nan("") : std::sqrt(mean(from_halves) / n);
}

void append(std::vector<double>& to, const std::vector<double>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

// The bound alone takes as many as the products need for full speed, and annealing as many chains as show
// progress now and then.
std::size_t EvidenceTotals::images_at_once() const {
  const std::size_t wanted = how_.method != EvidenceMethod::importance ? 200 / how_.annealing.chains
                             : how_.importance_samples                 ? importance_images
                                                                       : 500;
  return std::clamp<std::size_t>(wanted, 1, most_rows_);
}

void EvidenceTotals::add(vae::Model& model, const autograd::Array& x, const std::optional<autograd::Array>& z,
                         const autograd::Stream& noise) {
  observed_ += vae::share_observed(x) * double(x.size());
  std::vector<double> log_px, upper;
  if (how_.method == EvidenceMethod::importance) {
    if (!how_.importance_samples) return;
    const vae::Evidence e =
        vae::log_evidence(model, x, how_.importance_samples, noise, std::min(importance_rows, most_rows_));
    log_px = e.log_px;
    append(weights_.standard_error, e.standard_error);
    append(weights_.effective_samples, e.effective_samples);
    append(weights_.pareto_k, e.pareto_k);
    append(weights_.difference_of_halves, e.difference_of_halves);
  } else {
    const autograd::Stream apart =
        noise.at_epoch(noise.epoch << 23);  // its temperatures have epochs of their own
    log_px = vae::annealed_lower(model, x, how_.annealing, apart);
    if (how_.method == EvidenceMethod::interval)
      upper = vae::annealed_upper(model, x, z.value(), how_.annealing, apart);
  }
  append(log_px_, log_px), append(upper_, upper);
}

EvidenceReport EvidenceTotals::report(const std::vector<double>& log_scales) const {
  EvidenceReport r;
  r.how = how_;
  std::vector<double> log_px = log_px_, upper = upper_;
  for (std::vector<double>* each : {&log_px, &upper}) subtract(log_scales, *each);
  r.log_px = mean(log_px), r.log_px_se = standard_error(log_px);
  r.bits_per_dimension = -r.log_px * double(log_px.size()) / (observed_ * std::log(2.0));

  std::vector<double> gain, high_k, gap;
  for (const double d : weights_.difference_of_halves) gain.push_back(std::log(std::cosh(d / 2)));
  for (const double k : weights_.pareto_k)
    high_k.push_back(std::isnan(k) ? k : double(k > vae::largest_reliable_k));
  for (std::size_t i = 0; i < upper_.size(); ++i) gap.push_back(upper_[i] - log_px_[i]);
  r.log_px_mc_se = error_over_draws(weights_);
  r.gain = mean(gain), r.effective_samples = mean(weights_.effective_samples), r.high_k = mean(high_k);
  std::vector<double> k = weights_.pareto_k;
  if (!k.empty()) std::nth_element(k.begin(), k.begin() + std::ptrdiff_t(k.size() / 2), k.end());
  r.median_k = k.empty() || mean(k) != mean(k) ? std::nan("") : k[k.size() / 2];
  r.upper = mean(upper), r.gap_se = standard_error(gap);
  return r;
}

// ---- the report -------------------------------------------------------------------------------------------

void add_to_json(const EvidenceReport& r, nlohmann::ordered_json& json) {
  json["evidence"] = evidence_names()[std::size_t(r.how.method)];
  json["log_px"] = r.log_px;
  json["log_px_se"] = r.log_px_se;
  json["bits_per_dimension"] = r.bits_per_dimension;
  if (r.how.method == EvidenceMethod::importance) {
    json["log_px_mc_se"] = r.log_px_mc_se;
    json["log_px_gain"] = r.gain;
    json["effective_samples"] = r.effective_samples;
    json["pareto_k_median"] = r.median_k;
    json["pareto_k_above_0.7"] = r.high_k;
    json["importance_samples"] = r.how.importance_samples;
    return;
  }
  if (r.how.method == EvidenceMethod::interval) {
    json["log_px_upper"] = r.upper;
    json["log_px_gap_se"] = r.gap_se;
  }
  json["temperatures"] = r.how.annealing.temperatures;
  json["chains"] = r.how.annealing.chains;
}

std::string as_text(const EvidenceReport& r) {
  const auto error = [](double se) { return std::isnan(se) ? "± unknown" : text("± %.3f", se); };
  const std::string over_images = error(r.log_px_se) + " over images";
  std::string out;
  if (r.how.method == EvidenceMethod::importance) {
    out =
        text("log p(x) %10.3f  %s, %s over ", r.log_px, over_images.c_str(), error(r.log_px_mc_se).c_str()) +
        counted(r.how.importance_samples, "importance draw") + " each\n";
    if (!std::isnan(r.gain))
      out += text("         the last doubling of the draws raised it by %.3f; effective sample size %.1f",
                  r.gain, r.effective_samples) +
             (std::isnan(r.median_k) ? "\n" : text(", median k^ %.2f\n", r.median_k));
  } else {
    const std::string chains = counted(r.how.annealing.chains, "chain") + " of " +
                               counted(r.how.annealing.temperatures, "temperature");
    if (r.how.method == EvidenceMethod::ais)
      out =
          text("log p(x) %10.3f  or more, %s, by annealing: ", r.log_px, over_images.c_str()) + chains + "\n";
    else
      out = text("log p(x) %10.3f ... %.3f  (%s; a gap of %.3f %s), by annealing: ", r.log_px, r.upper,
                 over_images.c_str(), r.upper - r.log_px, error(r.gap_se).c_str()) +
            chains + "\n";
    if (r.upper < r.log_px && r.how.method == EvidenceMethod::interval)
      out +=
          "         the ends have crossed: their noise is larger than the gap, and more --chains are "
          "needed\n";
    if (r.how.method == EvidenceMethod::interval)
      out += "         of each image either end is wrong by more than b nats with probability e^-b at most\n";
  }
  out += text("         %.4f bits per dimension\n", r.bits_per_dimension);
  if (r.high_k > 0)
    out +=
        text("warning: k^ is above 0.7 for %.0f %% of the images: few weights dominate there, and log p(x) ",
             std::ceil(100 * r.high_k)) +
        "is too low by\nan amount that the errors do not show. More draws help little; --evidence ais does "
        "without q\n";
  return out;
}

}  // namespace tools
