// The project's own headers as text, for tests that compare a list with what the headers declare.
#pragma once

#include <string>
#include <vector>

// A place where the pattern matches, and the text of its groups; group 0 is the whole.
struct Match {
  std::size_t position;
  std::vector<std::string> groups;
};

// All matches of a regular expression. (sources.cpp alone includes <regex>, which takes seconds to compile.)
std::vector<Match> matches(const std::string& text, const std::string& pattern);

std::string single_spaced(const std::string& text);  // white space replaced by single spaces

// The headers of nn/, each as one string without comments and line breaks.
std::vector<std::string> nn_headers();

// The name of the outermost struct around this place.
std::string struct_around(const std::string& code, std::size_t place);
