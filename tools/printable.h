// Text from outside as a terminal may show it. A file can hold anything: control characters that clear the
// screen or forge a line, and megabytes where a name is expected.
#pragma once

#include <string>

namespace tools {

// The text on one line: control characters and bytes that are not UTF-8 as \n, \t or \x1b, and the middle of
// a text longer than `most` bytes left out.
std::string printable(const std::string& text, std::size_t most = 80);

}  // namespace tools
