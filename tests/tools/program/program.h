// What the tests of the program share: running commands in a directory that has a few small images, so that a
// run takes a fraction of a second.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using nlohmann::json;

// The program in a line of the shell. A variable of the environment takes its place (tests/mutation/run).
inline const std::string elbo_program = "\"${ELBO_PROGRAM:-" ELBO_PROGRAM "}\"";

// The options of a small run, with enough steps per epoch to be interrupted between two of them.
inline const std::string small_run =
    " --data images.npy --hidden 12 --latent 3 --batch-size 7 --quiet --no-report ";

struct Result {
  int code;
  std::string out, err;
};

// `count` images of 8 × 6 as an .npy file: bars with a little noise.
inline std::string npy_of_images(int count, int height = 8, int width = 6) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(count) + ", " +
                       std::to_string(height) + ", " + std::to_string(width) + "), }";
  header.resize(117, ' ');
  std::string file = "\x93NUMPY\x01";
  file += {'\0', 118, '\0'};
  file += header + '\n';
  std::uint32_t noise = 1;
  for (int n = 0; n < count; ++n)
    for (int pixel = 0; pixel < height * width; ++pixel) {
      noise = noise * 1664525u + 1013904223u;
      file += char((pixel / width == n % height || pixel % width == n % width ? 200 : 20) + noise % 40 / 2);
    }
  return file;
}

struct WorkingDirectory : TemporaryDirectory {
  explicit WorkingDirectory(int images = 240) { put(path / "images.npy", npy_of_images(images)); }

  // Runs a line of the shell in which `elbo` is the program.
  Result shell(const std::string& line) const {
    const std::string whole = "cd '" + path.string() + "' && { elbo() { " + elbo_program + " \"$@\"; }; " +
                              line + "; } >.out 2>.err";
    const int status = std::system(whole.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(path / ".out"), content(path / ".err")};
  }
  Result run(const std::string& args) const { return shell("elbo " + args); }

  // Trains a small run, which must succeed.
  Result train(const std::string& args) const {
    const Result r = run("train" + small_run + args);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return r;
  }

  std::string bytes(const std::string& name) const {
    REQUIRE(std::filesystem::exists(path / name));
    return content(path / name);
  }

  bool same(const std::string& a, const std::string& b) const { return bytes(a) == bytes(b); }

  std::vector<json> metrics(const std::string& run) const {
    std::vector<json> rows;
    std::ifstream in(path / run / "metrics.jsonl");
    for (std::string line; std::getline(in, line);) rows.push_back(json::parse(line));
    return rows;
  }

  // "1 train, 1 validation, 1 test, 2 train, …"
  std::string epochs_and_splits(const std::string& run) const {
    std::string text;
    for (const json& row : metrics(run))
      text += (text.empty() ? "" : ", ") + row["epoch"].dump() + " " + row["split"].get<std::string>();
    return text;
  }
};

inline bool is_one_line(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n';
}

inline json header_of_safetensors(const std::string& file) {
  std::uint64_t size;
  std::memcpy(&size, file.data(), sizeof size);
  return json::parse(file.substr(8, size));
}

// The command is refused with this code, in one line that contains `what`, and leaves no run directory.
inline void check_refused(const WorkingDirectory& here, const std::string& args, int code,
                          const std::string& what = "") {
  const Result r = here.run(args);
  INFO(args << " -> " << r.code << " " << r.err);
  CHECK(r.code == code);
  CHECK(is_one_line(r.err));
  CHECK(r.err.rfind("elbo: ", 0) == 0);
  CHECK(r.err.find(what) != std::string::npos);
  CHECK(r.out.empty());
  CHECK_FALSE(std::filesystem::exists(here / "r"));
}
