// What somebody may have meant who typed a word that is none of those known.
#pragma once

#include <string>
#include <vector>

namespace tools {

// "; did you mean --batch-size?", or nothing if no word is close: one that begins with what was typed, has it
// as its initials (lr, learning-rate), or differs by a third of the letters at most (Damerau 1964: a letter
// more, less or other, or two exchanged). Dashes at the front do not count.
std::string did_you_mean(const std::string& typed, const std::vector<std::string>& words);

}  // namespace tools
