// The headers of nn/, each as one string without comments and line breaks, for tests that compare a list with
// what the headers declare.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

inline std::vector<std::string> nn_headers() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ELBO_SOURCE_DIR "/nn")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + ' ';
    all.push_back(std::regex_replace(text, std::regex("\\s+"), " "));
  }
  return all;
}

// The name of the outermost struct around this place.
inline std::string struct_around(const std::string& code, std::size_t place) {
  std::vector<std::string> open;
  const std::regex a_struct("struct (\\w+)( : \\w+)? $");
  for (std::size_t i = 0; i < place; ++i) {
    std::smatch name;
    const std::string before = code.substr(i < 80 ? 0 : i - 80, std::min<std::size_t>(i, 80));
    if (code[i] == '{') open.push_back(std::regex_search(before, name, a_struct) ? name[1].str() : "");
    if (code[i] == '}') open.pop_back();
  }
  for (const std::string& name : open)
    if (!name.empty()) return name;
  return "";
}
