// Values of options as text and as JSON, and choices among names.
#include "tools/option.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;

TEST_CASE("text that is not of the option's type is refused with the option", "[option]") {
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"epochs", "-1"},
                                                        {"epochs", "1.5"},
                                                        {"epochs", "1e3"},
                                                        {"epochs", ""},
                                                        {"epochs", "3 "},
                                                        {"epochs", "18446744073709551616"},
                                                        {"hidden", "20,"},
                                                        {"hidden", ",20"},
                                                        {"hidden", "20,,5"},
                                                        {"hidden", "20,-5"},
                                                        {"learning-rate", "1e-3x"},
                                                        {"learning-rate", ""}}) {
    INFO(name << " " << text);
    const Outcome o = outcome([&, name = name, text = text] { config_of({{name, text}}); });
    CHECK(o.code == exit_usage);
    CHECK(o.message.find("--" + name + ": '" + text + "' is not ") == 0);
  }
  CHECK(config_of({{"epochs", "010"}}).epochs == 10);
}

TEST_CASE("a choice is an index among its names, and another name is refused with all of them", "[option]") {
  const Names names = {"red", "green"};
  CHECK(chosen("colour", "green", names) == 1);
  const Outcome o = outcome([&] { chosen("colour", "blue", names); });
  CHECK(o.code == exit_usage);
  CHECK(o.message == "--colour 'blue' is not one of red, green");
  CHECK(listed(names) == "red, green");
  CHECK(listed({}) == "");
}

TEST_CASE("a number that is not given is empty text and null", "[option]") {
  std::optional<double> value;
  const Option option = {"x", &value, ""};
  CHECK(to_text(option) == "");
  CHECK(to_json(option).is_null());
  read_text(option, "0.5");
  CHECK(*value == 0.5);
  CHECK(to_json(option) == 0.5);
  read_json(option, nlohmann::json());
  CHECK_FALSE(value.has_value());
}
