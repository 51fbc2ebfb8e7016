// The page as text. Long sentences are broken into lines of at most 100 columns.
#include "tools/lessons/page.h"

#include <algorithm>
#include <cstdio>

#include "tools/text.h"

namespace tools {

namespace {

// The number of characters, where one may take several bytes of UTF-8.
std::size_t columns(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// Filled up to the width with spaces.
std::string spaces(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ');
}

std::string broken(const std::string& sentence, const std::string& indent) {
  std::string all, line, word;
  const auto end_word = [&] {
    if (columns(line) + 1 + columns(word) > 100) all += indent + line + "\n", line.clear();
    if (!word.empty()) line += (line.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : sentence)
    if (c == ' ')
      end_word();
    else
      word += c;
  end_word();
  return all + indent + line + "\n";
}

}  // namespace

void Page::say(const std::string& sentence) { text_ += broken(sentence, "  "); }

void Page::number(const std::string& what, double value, const char* unit) {
  text_ += "    " + what + spaces(what, 62) + tools::text("%12.6g %s\n", value, unit);
}

void Page::table(const std::vector<std::string>& headings,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width;
  for (std::size_t j = 0; j < headings.size(); ++j) {
    width.push_back(columns(headings[j]));
    for (const auto& row : rows) width[j] = std::max(width[j], columns(row[j]));
  }
  const auto add = [&](const std::vector<std::string>& row) {
    text_ += "    " + row[0] + spaces(row[0], width[0]);  // words to the left, numbers to the right
    for (std::size_t j = 1; j < row.size(); ++j) text_ += "  " + spaces(row[j], width[j]) + row[j];
    text_ += "\n";
  };
  add(headings);
  for (const auto& row : rows) add(row);
}

void Page::picture(const std::string& what, GreyImage image) {
  pictures_.push_back(std::move(image));
  say("Picture " + std::to_string(pictures_.size()) + ": " + what + ".");
}

void Page::check(bool holds, const std::string& sentence) {
  ++checks_;
  if (!holds) failed_.push_back(sentence);
  text_ += (holds ? "  ✓ " : "  ✗ NOT NOW: ") + sentence + "\n";
}

}  // namespace tools
