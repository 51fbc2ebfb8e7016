// The table of options: each is read and written, and explained.
#include "tools/config/config.h"

#include "tests/catch.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;

TEST_CASE("every option is read from text, and written as it was typed", "[config]") {
  Config defaults, config = config_of(typed);
  const std::vector<Option> before = options(defaults), after = options(config);
  REQUIRE(after.size() == typed.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    INFO(after[i].name);
    CHECK(to_text(after[i]) == typed.at(after[i].name));
    CHECK(to_text(after[i]) != to_text(before[i]));
  }
}

TEST_CASE("the help of an option names all that it may be", "[config]") {
  Config c;
  std::size_t choices = 0;
  for (const Option& option : options(c)) {
    INFO(option.name << ": " << option.help);
    if (!option.choices) continue;
    ++choices;
    for (const std::string& name : *option.choices) CHECK(option.help.find(name) != std::string::npos);
  }
  CHECK(choices == 16);
}

TEST_CASE("the help of a setting names the optimizers or schedules that have it, with their defaults",
          "[config]") {
  Config c;
  std::map<std::string, std::string> help;
  for (const Option& option : options(c)) help[option.name] = option.help;
  CHECK(help["momentum"] == "momentum of sgd (0), nesterov (0.9), rmsprop (0), rmsprop-centred (0)");
  CHECK(help["beta1"].find("adam (0.9), adamw (0.9), adamax (0.9)") != std::string::npos);
  CHECK(help["epsilon"].find("adagrad (1e-10)") != std::string::npos);
  CHECK(help["decay-every"].find("step (30), exponential (30)") != std::string::npos);
}
