// The parts of a page.
#include "tools/report/page.h"

#include "tests/catch.h"

using namespace tools;

TEST_CASE("base64 is that of RFC 4648, section 10", "[page]") {
  const std::vector<std::pair<std::string, std::string>> known = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"},
                                                                  {"\xff\xfe", "//4="}};
  for (const auto& [bytes, text] : known) CHECK(base64(bytes) == text);
}

TEST_CASE("tables and pictures escape what they say", "[page]") {
  const std::string html = table({"<a>"}, {{"b & c", "\"d\""}});
  CHECK(html.find("&lt;a&gt;") != std::string::npos);
  CHECK(html.find("b &amp; c") != std::string::npos);
  CHECK(html.find("&quot;d&quot;") != std::string::npos);
  const std::string picture = figure("p(x|z) < 1", {2, 1, {0, 255}});
  CHECK(picture.find("p(x|z) &lt; 1") != std::string::npos);
  CHECK(picture.find("data:image/png;base64,iVBORw0KGgo") != std::string::npos);
}
