// The parts of a page in HTML, with all that it needs inside it: style, pictures.
#pragma once

#include <string>
#include <vector>

#include "tools/files/png.h"

namespace tools {

// A whole document; dark or light as the reader's system is, and fit for a phone and for paper.
std::string page(const std::string& title, const std::string& body);

std::string section(const std::string& heading, const std::string& body);

// The cells are text; the first of each row names it.
std::string table(const std::vector<std::string>& headings,
                  const std::vector<std::vector<std::string>>& rows);

// A picture within the text, with what it shows.
std::string figure(const std::string& caption, const GreyImage& image);

std::string base64(const std::string& bytes);  // RFC 4648, section 4

}  // namespace tools
