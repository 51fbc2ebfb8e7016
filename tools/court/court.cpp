// Choosing cases, hearing them, and printing the verdicts.
#include "tools/court/court.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/errors.h"
#include "tools/text.h"

namespace tools {

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& part : {bound_cases(), gradient_cases(), inference_cases(), promise_cases()})
    all.insert(all.end(), part.begin(), part.end());
  // Cases of one kind together, in the order in which the kinds come.
  std::vector<std::string> kinds;
  for (const Case& c : all)
    if (!std::count(kinds.begin(), kinds.end(), c.kind)) kinds.push_back(c.kind);
  const auto place = [&](const Case& c) { return std::find(kinds.begin(), kinds.end(), c.kind); };
  std::stable_sort(all.begin(), all.end(), [&](const Case& a, const Case& b) { return place(a) < place(b); });
  return all;
}

bool Verdict::as_expected() const {
  if (on.expected == Expected::biased) return std::abs(finding.z) > convicted_at;
  if (on.expected == Expected::exact) return std::abs(finding.z) <= convicted_at && finding.variance < 1e-16;
  return std::abs(finding.z) <= convicted_at;
}

std::vector<Verdict> hold_court(const std::vector<std::string>& words) {
  const std::vector<Case> all = all_cases();
  const auto contains = [](const Case& c, const std::string& word) {
    return (c.kind + "\n" + c.estimator + "\n" + c.model).find(word) != std::string::npos;
  };
  for (const std::string& word : words)
    if (std::none_of(all.begin(), all.end(), [&](const Case& c) { return contains(c, word); }))
      throw Failure(exit_usage,
                    "no case of the court contains '" + word + "' in its kind, estimator or model");
  std::vector<Verdict> verdicts;
  for (const Case& c : all)
    if (words.empty() ||
        std::any_of(words.begin(), words.end(), [&](const auto& w) { return contains(c, w); }))
      verdicts.push_back({c, c.run()});
  return verdicts;
}

std::string as_text(const std::vector<Verdict>& verdicts) {
  std::string all;
  std::string kind;
  std::size_t entries = 0, unexpected = 0;
  for (const Verdict& v : verdicts) {
    if (v.on.kind != kind)
      all += text("%s%s\n  %-43s %-16s %8s %11s %9s %9s  %s\n", kind.empty() ? "" : "\n", v.on.kind.c_str(),
                  "estimator", "model", "z", "variance", "signal", "us", "verdict");
    kind = v.on.kind;
    const Finding& f = v.finding;
    const char* const words[] = {"unbiased", "biased", "unbiased, no variance", "holds"};
    const char* const told = words[std::size_t(v.on.expected)];
    all += text("  %-43s %-16s %8.2f %11.3g %9.3g %9.0f  %s%s\n", v.on.estimator.c_str(), v.on.model.c_str(),
                f.z, f.variance, f.signal_to_noise, f.microseconds, v.as_expected() ? told : "NOT ",
                v.as_expected() ? (v.on.why.empty() ? "" : (": " + v.on.why).c_str()) : told);
    entries += f.entries;
    unexpected += !v.as_expected();
  }
  all += text(
      "\n%zu cases, %zu z-tests at |z| > %g: the chance of a wrong conviction is below %.0e; %zu not as "
      "expected\n",
      verdicts.size(), entries, convicted_at, 2e-9 * double(entries) + 1e-9, unexpected);
  return all;
}

std::string as_json(const std::vector<Verdict>& verdicts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Verdict& v : verdicts) {
    const Finding& f = v.finding;
    const char* const expected[] = {"unbiased", "biased", "exact", "holds"};
    list.push_back({{"kind", v.on.kind},
                    {"estimator", v.on.estimator},
                    {"model", v.on.model},
                    {"expected", expected[std::size_t(v.on.expected)]},
                    {"as_expected", v.as_expected()},
                    {"why", v.on.why},
                    {"entries", f.entries},
                    {"estimates", f.estimates},
                    {"truth", f.truth},
                    {"mean", f.mean},
                    {"error", f.error},
                    {"z", f.z},
                    {"variance", f.variance},
                    {"signal_to_noise", f.signal_to_noise},
                    {"microseconds", f.microseconds}});
  }
  return list.dump(1);
}

}  // namespace tools
