// Presets: each is a file that --config reads, and a run that may be trained.
#include "tools/config/presets.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/config_file.h"
#include "tools/config/resolve.h"

using namespace tools;

TEST_CASE("every preset is its file, and can be trained", "[presets]") {
  std::set<std::string> names;
  for (const Preset& preset : presets()) {
    INFO(preset.name);
    const std::string file = ELBO_SOURCE_DIR "/tools/config/presets/" + std::string(preset.name) + ".json";
    CHECK(to_json(preset_named(preset.name)).dump() == to_json(read_config(file)).dump());
    CHECK_FALSE(to_json(preset_named(preset.name)).dump() == to_json(Config()).dump());
    CHECK(outcome([&] { resolved(preset_named(preset.name)); }).code == 0);
    names.insert(std::string(preset.name) + ".json");
  }
  for (const auto& file : std::filesystem::directory_iterator(ELBO_SOURCE_DIR "/tools/config/presets")) {
    INFO(file.path());
    CHECK(names.count(file.path().filename().string()) == 1);
  }
}

TEST_CASE("an unknown preset is refused with all of them", "[presets]") {
  const Outcome o = outcome([] { preset_named("fast"); });
  CHECK(o.code == exit_usage);
  CHECK(o.message.find("--preset 'fast' is not one of") == 0);
}
