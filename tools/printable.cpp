// Escaping byte by byte, and shortening.
#include "tools/printable.h"

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace tools {

namespace {

// The length of the UTF-8 character at the start of `text` if a terminal shows it, 0 if it is a control
// character, changes the direction of writing, or is not UTF-8.
std::size_t shown_length(std::string_view text) {
  const unsigned first = std::uint8_t(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first > 0xf7 || text.size() < length) return 0;

  // The first byte has the highest bits of the code, each other byte six more.
  std::uint32_t code = first & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned byte = std::uint8_t(text[i]);
    if (byte >> 6 != 2) return 0;
    code = code << 6 | (byte & 0x3f);
  }
  const std::uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};  // 0x80 to 0x9f are control characters
  const auto within = [code](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  const bool hidden = within(0x200b, 0x200f) || within(0x2028, 0x202e) || within(0x2060, 0x206f) ||
                      within(0xd800, 0xdfff) || code == 0xfeff;
  return within(least[length], 0x10ffff) && !hidden ? length : 0;
}

std::string escape_of(char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  char escape[5];
  std::snprintf(escape, sizeof escape, "\\x%02x", unsigned(std::uint8_t(c)));
  return escape;
}

std::string escaped(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t length = shown_length(text);
    line += length ? std::string(text.substr(0, length)) : escape_of(text[0]);
    text.remove_prefix(length ? length : 1);
  }
  return line;
}

}  // namespace

// The end of a message has its reason, so a quarter of what is shown is the end. A cut through a character
// leaves bytes that are not UTF-8.
std::string printable(const std::string& text, std::size_t most) {
  if (text.size() <= most) return escaped(text);
  const std::size_t end = most / 4;
  return escaped(std::string_view(text).substr(0, most - end)) + "..." +
         escaped(std::string_view(text).substr(text.size() - end));
}

}  // namespace tools
