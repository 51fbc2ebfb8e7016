// The distance between two words, and the closest of many.
#include "tools/did_you_mean.h"

#include <algorithm>

namespace tools {

namespace {

std::string without_dashes(const std::string& word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

// "learning-rate" -> "lr"
std::string initials(const std::string& word) {
  std::string letters;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (i == 0 || word[i - 1] == '-') letters += word[i];
  return letters;
}

// d[i][j], the distance of the first i letters of `a` from the first j of `b`, is one more than that of
// shorter ones, or the same where the letters agree.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(const std::string& typed, const std::vector<std::string>& words) {
  const std::string word = without_dashes(typed);
  if (word.empty() || word.size() > 40) return "";
  std::string closest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : words) {
    const std::string known = without_dashes(candidate);
    const bool short_form = word.size() > 1 && (known.rfind(word, 0) == 0 || initials(known) == word);
    const std::size_t far = short_form ? 0 : distance(word, known);
    if (far < least && far < known.size()) closest = candidate, least = far;
  }
  return closest.empty() ? "" : "; did you mean " + closest + "?";
}

}  // namespace tools
