// The headers of nn/ but the list itself, each as one string without comments and line breaks, for tests that hold the list
// against them.
#pragma once

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

inline std::vector<std::string> nn_headers() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(ELBO_SOURCE_DIR "/nn")) {
    if (entry.path().extension() != ".h" || entry.path().filename() == "densities_table.h") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + ' ';
    all.push_back(std::regex_replace(text, std::regex("\\s+"), " "));
  }
  return all;
}
