// The limits of JSON from files.
#include "tools/files/json_text.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"

using nlohmann::json;
using tools::parse_json;

namespace {

// What is wrong with the text; "" if nothing is.
std::string fault(const std::string& text, std::size_t most_items = 1000) {
  try {
    parse_json(text, most_items);
    return "";
  } catch (const tools::BadJson& bad) {
    return bad.what();
  }
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("json text: a value is parsed, with space around it", "[json_text]") {
  CHECK(parse_json(" {\"a\": [1, -2.5, \"x\", null, true]}\n", 100) ==
        json({{"a", {1, -2.5, "x", nullptr, true}}}));
  CHECK(parse_json("3", 1) == 3);
}

TEST_CASE("json text: what is not one value and nothing else is refused", "[json_text]") {
  const std::string nul(1, '\0');
  for (const std::string& text : {std::string(), std::string("{"), std::string("{} {}"), std::string("{},"),
                                  std::string("{\"a\":1e999}"), std::string("nan"), std::string("\"\xff\""),
                                  "{\"seed\":1}" + nul, nul, "{\"seed\":1}" + nul + "x", "\"" + nul + "\""})
    CHECK(fault(text) == "is not valid JSON");
}

TEST_CASE("json text: nesting is at most 32 deep, of lists and of objects", "[json_text]") {
  CHECK(fault(nested(32)) == "");
  CHECK(fault(nested(33)) == "is nested more than 32 deep");
  CHECK(fault(std::string(120'000, '['), 1'000'000) == "is nested more than 32 deep");
  std::string objects;
  for (int i = 0; i < 120'000; ++i) objects += "{\"a\":";
  CHECK(fault(objects, 1'000'000) == "is nested more than 32 deep");
}

TEST_CASE("json text: keys, values and brackets are counted", "[json_text]") {
  CHECK(fault("[1,2,3]", 5) == "");
  CHECK(fault("[1,2,3]", 4) == "has more than 4 items");
  CHECK(fault("{\"a\":1}", 4) == "");
  CHECK(fault("{\"a\":1}", 3) == "has more than 3 items");
}

TEST_CASE("json text: a key comes once in an object", "[json_text]") {
  CHECK(fault("{\"a\":{\"a\":1},\"b\":{\"a\":2}}") == "");
  CHECK(fault("{\"a\":1,\"a\":1}") == "has the key 'a' twice");
  CHECK(fault("[{\"b\":{\"\\u001b\":1,\"\\u001b\":2}}]") == "has the key '\\x1b' twice");
}

TEST_CASE("json text: a value for a message is short and on one line", "[json_text]") {
  CHECK(tools::printable_value(json("a\nb")) == "a\\nb");
  CHECK(tools::printable_value(json({1, "x"})) == "[1,\"x\"]");
  CHECK(tools::printable_value(json(std::vector<int>(1'000'000, 7))).size() < 100);
}
