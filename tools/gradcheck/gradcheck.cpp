// Choosing checks by name or kind, running them, and printing what they found.
#include "tools/gradcheck/gradcheck.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/gradcheck/checks.h"
#include "tools/text.h"

namespace tools {

using autograd::GradientCheck;

namespace {

// Those with one of these names or kinds; all if there are no names.
std::vector<Check> checks(const std::vector<std::string>& names) {
  std::vector<Check> all = all_checks(), chosen;
  if (names.empty()) return all;
  const auto is = [](const Check& check, const std::string& name) {
    return check.name == name || check.kind == name;
  };
  for (const std::string& name : names)
    if (std::none_of(all.begin(), all.end(), [&](const Check& check) { return is(check, name); })) {
      std::vector<std::string> known;
      for (const Check& check : all) known.push_back(check.name), known.push_back(check.kind);
      throw Failure(exit_usage, "there is no gradient check named '" + name + "'; --list shows them" +
                                    did_you_mean(name, known));
    }
  for (const Check& check : all)
    if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is(check, name); }))
      chosen.push_back(check);
  return chosen;
}

}  // namespace

std::vector<std::string> gradcheck_list(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (const Check& check : checks(names)) {
    const std::string line = text("%-13s %s", check.kind.c_str(), check.name.c_str());
    if (!std::count(list.begin(), list.end(), line)) list.push_back(line);
  }
  return list;
}

std::vector<GradientRow> gradcheck(const std::vector<std::string>& names) {
  std::vector<GradientRow> rows;
  for (const Check& check : checks(names)) {
    // Find the row of this name, or begin it.
    const auto same = [&](const GradientRow& row) {
      return row.name == check.name && row.kind == check.kind;
    };
    auto row = std::find_if(rows.begin(), rows.end(), same);
    if (row == rows.end()) row = rows.insert(rows.end(), {check.name, check.kind, 0, {}});

    ++row->cases;
    row->check.include(check.run());
  }
  return rows;
}

std::string as_text(const std::vector<GradientRow>& rows) {
  std::string out =
      "kind          name                                                       cases   order 1   order 2\n";
  std::size_t failed = 0;
  for (const GradientRow& row : rows) {
    out += text("%-13s %-58s %5zu   %.1e   %.1e%s\n", row.kind.c_str(), row.name.c_str(), row.cases,
                row.check.order1, row.check.order2, row.check.ok() ? "" : "   FAILS");
    if (row.check.ok()) continue;
    ++failed;
    out += "              " + row.check.worst + "\n";
  }
  return out + text(
                   "%zu checked, %zu failed; errors are |analytic - numeric|, relative to 1, the derivative "
                   "and the gradient, ok below %.0e and %.0e\n",
                   rows.size(), failed, GradientCheck::limit1, GradientCheck::limit2);
}

std::string as_json(const std::vector<GradientRow>& rows) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const GradientRow& row : rows)
    out.push_back({{"name", row.name},
                   {"kind", row.kind},
                   {"cases", row.cases},
                   {"order1", row.check.order1},
                   {"order2", row.check.order2},
                   {"ok", row.check.ok()}});
  return out.dump();
}

}  // namespace tools
