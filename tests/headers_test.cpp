// The list of headers to install.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/catch.h"

namespace fs = std::filesystem;

TEST_CASE("headers: each is installed, by its source's name or by its own") {
  std::ifstream file(ELBO_SOURCE_DIR "/meson.build");
  std::stringstream build;
  build << file.rdbuf();
  for (const std::string room : {"autograd", "nn", "vae"})
    for (const auto& entry : fs::recursive_directory_iterator(ELBO_SOURCE_DIR "/" + room)) {
      fs::path path = fs::relative(entry.path(), ELBO_SOURCE_DIR);
      if (path.extension() != ".h" || path.filename() == "precompiled.h") continue;
      INFO(path);
      const std::string header = "'" + path.string() + "'";
      const std::string source = "'" + path.replace_extension(".cpp").string() + "'";
      CHECK((build.str().find(header) != std::string::npos || build.str().find(source) != std::string::npos));
    }
}
