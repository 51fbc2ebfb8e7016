#include "tests/sources.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

std::vector<Match> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<Match> all;
  for (std::sregex_iterator i(text.begin(), text.end(), expression), end; i != end; ++i) {
    all.push_back({std::size_t(i->position()), {}});
    for (const auto& group : *i) all.back().groups.push_back(group.str());
  }
  return all;
}

std::string single_spaced(const std::string& text) {
  return std::regex_replace(text, std::regex("\\s+"), " ");
}

std::vector<std::string> nn_headers() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ELBO_SOURCE_DIR "/nn")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + ' ';
    all.push_back(single_spaced(text));
  }
  return all;
}

std::string struct_around(const std::string& code, std::size_t place) {
  std::vector<std::string> open;  // by every brace the name of its struct, or nothing
  for (std::size_t i = 0; i < place; ++i) {
    if (code[i] == '{') {
      const std::string before = code.substr(i < 80 ? 0 : i - 80, std::min<std::size_t>(i, 80));
      const std::vector<Match> name = matches(before, "struct (\\w+)( : \\w+)? $");
      open.push_back(name.empty() ? "" : name.front().groups[1]);
    }
    if (code[i] == '}') open.pop_back();
  }
  for (const std::string& name : open)
    if (!name.empty()) return name;
  return "";
}
