// What of a text reaches a terminal.
#include "tools/printable.h"

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using tools::printable;

TEST_CASE("printable: letters of any script stay as they are", "[printable]") {
  for (const std::string text : {"", "plain ASCII ~", "größer, π ≈ 3, 漢字, 🙂"})
    CHECK(printable(text) == text);
}

TEST_CASE("printable: control characters are escaped", "[printable]") {
  CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\x0dd");
  CHECK(printable("\033[2J\007\177") == "\\x1b[2J\\x07\\x7f");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
  CHECK(printable("\u009b2J") == "\\xc2\\x9b2J");         // an escape sequence in one character
  CHECK(printable("\u202eabc") == "\\xe2\\x80\\xaeabc");  // writes from right to left
  CHECK(printable("\u2028\ufeff") == "\\xe2\\x80\\xa8\\xef\\xbb\\xbf");  // breaks a line; has no width
}

TEST_CASE("printable: bytes that are not UTF-8 are escaped", "[printable]") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\x80x") == "\\x80x");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");                    // cut short
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // '/' in two bytes
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // half of a surrogate pair
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // past the last code
}

TEST_CASE("printable: a long text is shortened in the middle, and a whole Failure is one line",
          "[printable]") {
  CHECK(printable("0123456789", 8) == "012345...89");
  CHECK(printable("0123456789", 10) == "0123456789");
  CHECK(printable(std::string(9'000'000, '\n')).size() < 200);
  const tools::Failure failure(tools::exit_bad_data, std::string(9'000'000, '\033') + ": the reason");
  CHECK(std::string(failure.what()).size() < 10'000);
  CHECK(std::string(failure.what()).find('\033') == std::string::npos);
  CHECK(std::string(failure.what()).find(": the reason") != std::string::npos);
}
