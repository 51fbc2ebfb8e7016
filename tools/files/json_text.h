// JSON that anybody may have written: the one parse for configurations, metrics, and the headers and metadata
// of checkpoints. Its limits are far above what the program writes. They bound the memory, because parsed
// JSON takes many times that of its text, and the depth, because a value is copied and printed by recursion.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>

namespace tools {

// What is wrong with a text, as the end of a sentence: "is not valid JSON".
class BadJson : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws BadJson if the text is not one JSON value and nothing else, is nested more than 32 deep, has more
// than `most_items` keys, values and brackets, or has a key twice in one object.
nlohmann::json parse_json(const std::string& text, std::size_t most_items);

// A value for a message (printable.h); a text without its quotes.
std::string printable_value(const nlohmann::json& value);

}  // namespace tools
