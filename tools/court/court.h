// The court: estimators against exact truth. Each case runs one estimator many times on one exact model and
// compares the averages with numbers that are known. An estimator that is known to be biased must be
// convicted, as one that is unbiased must be acquitted.
//
// A z-test convicts at |z| > 6, which an unbiased estimator reaches with probability 2e-9 by entry: over all
// entries of the court (some thousand) the chance of a wrong conviction is below 1e-5. Seeds are fixed.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace tools {

constexpr double convicted_at = 6;

enum class Expected { unbiased, biased, exact, holds };  // exact: and without variance; holds: a promise

// What was found. Where there are several entries, such as the elements of a gradient, `mean`, `error` and
// `truth` are those of the entry with the largest |z|.
struct Finding {
  std::size_t entries = 0, estimates = 0;
  double truth = 0, mean = 0, error = 0;
  double z = 0;                // (mean − truth) / its standard error, where the truth may have one as well
  double variance = 0;         // of one estimate, summed over entries
  double signal_to_noise = 0;  // |mean| / standard deviation of one estimate, averaged over entries
  double microseconds = 0;     // for one estimate
};

struct Case {
  std::string kind;       // gradient, bound, evidence, coverage, …
  std::string estimator;  // such as "sticking the landing, K = 1"
  std::string model;      // such as "3 levels"
  Expected expected = Expected::unbiased;
  std::string why;  // for an expected bias: the reason; else empty
  std::function<Finding()> run;
};

std::vector<Case> all_cases();
std::vector<Case> gradient_cases();
std::vector<Case> bound_cases();
std::vector<Case> inference_cases();
std::vector<Case> promise_cases();

struct Verdict {
  Case on;
  Finding finding;
  bool as_expected() const;
};

// Those whose kind, estimator or model contains one of these words; all if none is given. Failure(exit_usage)
// for a word that nothing contains.
std::vector<Verdict> hold_court(const std::vector<std::string>& words);

std::string as_text(const std::vector<Verdict>& verdicts);
std::string as_json(const std::vector<Verdict>& verdicts);

}  // namespace tools
