// Whole trainings against a replay that shares nothing with the program (tests/golden/trajectory.py): what
// every option of a step does, the order of the data, the noise, the binarization, the choice of the best
// checkpoint, the numbers of `elbo eval`, and the pictures. The replay computes in double, the program in
// float.
#include <cmath>

#include "tests/tools/picture.h"
#include "tests/tools/program/program.h"

namespace {

constexpr std::size_t images = 150, side = 4, pixels = side * side;

// The same images as the replay's, as an .npy file.
std::string replayed_images() {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(images) + ", " +
                       std::to_string(side) + ", " + std::to_string(side) + "), }";
  header.resize(117, ' ');
  std::string file = "\x93NUMPY\x01";
  file += {'\0', 118, '\0'};
  file += header + '\n';
  for (std::size_t n = 0; n < images; ++n)
    for (std::size_t j = 0; j < pixels; ++j) file += char((37 * n + 59 * j + 11 * n * j * (n % 3)) % 256);
  return file;
}

// The two are numbers, lists, or objects of which `found` may hold more. Floats drift apart over the 24 steps
// by some 1e-6 of their size.
void check_close(const std::string& what, const json& found, const json& expected) {
  INFO(what << ": " << found.dump() << ", replayed " << expected.dump());
  if (expected.is_number()) {
    REQUIRE(found.is_number());
    const double a = found, b = expected;
    CHECK(std::abs(a - b) <= 2e-5 * (std::abs(b) + 0.5));
  } else if (expected.is_array()) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) check_close(what, found[i], expected[i]);
  } else {
    for (const auto& [key, value] : expected.items()) {
      if (!found.contains(key)) FAIL(what << " has no " << key);
      check_close(what + " " + key, found[key], value);
    }
  }
}

// Of a tensor: its shape, the sum of its numbers, and the sum of each times the cosine of its place.
json fingerprint(const std::string& file, const json& header, const std::string& tensor) {
  std::uint64_t header_size;
  std::memcpy(&header_size, file.data(), sizeof header_size);
  const std::size_t payload = sizeof header_size + header_size;
  const std::size_t begin = header[tensor]["data_offsets"][0], end = header[tensor]["data_offsets"][1];
  std::vector<float> values((end - begin) / sizeof(float));
  std::memcpy(values.data(), file.data() + payload + begin, end - begin);
  double sum = 0, by_place = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += values[i], by_place += values[i] * std::cos(double(i));
  return {header[tensor]["shape"], sum, by_place};
}

void check_weights(const WorkingDirectory& here, const char* name, const json& expected) {
  const std::string file = here.bytes(std::string("r/") + name + ".safetensors");
  const json header = header_of_safetensors(file);
  for (const auto& [tensor, value] : expected.items()) {
    if (!header.contains(tensor)) FAIL(name << " has no " << tensor);
    check_close(std::string(name) + " " + tensor, fingerprint(file, header, tensor), value);
  }
}

// The sheet shows these images, given pixel by pixel between 0 and 1: cells of 84 × 84, 4 apart.
void check_sheet(const Picture& sheet, const json& expected) {
  const std::size_t cell = 84, apart = 4, zoom = cell / side;
  for (std::size_t n = 0; n < expected.size(); ++n)
    for (std::size_t j = 0; j < pixels; ++j) {
      const std::size_t x = apart + n * (cell + apart) + j % side * zoom, y = apart + j / side * zoom;
      CHECK(std::abs(sheet.at(x + zoom / 2, y + zoom / 2) - 255 * expected[n][j].get<double>()) < 0.51);
    }
}

}  // namespace

TEST_CASE("trajectories: every number of a training is that of an independent replay", "[program]") {
  const WorkingDirectory here;
  put(here / "replayed.npy", replayed_images());
  std::ifstream golden(ELBO_SOURCE_DIR "/tests/golden/trajectory.txt");
  int cases = 0;
  for (std::string line; std::getline(golden, line); ++cases) {
    const json expected = json::parse(line);
    const std::string name = expected["case"], samples = expected["importance_samples"].dump();
    INFO(name);
    const Result trained = here.run("train --data replayed.npy --quiet --force --out r " +
                                    expected["arguments"].get<std::string>());
    INFO(trained.err);
    REQUIRE(trained.code == 0);

    // The rows of every epoch.
    int rows = 0;
    for (const json& row : here.metrics("r")) {
      const json& epoch = expected["epochs"].at(row["epoch"].get<std::size_t>() - 1);
      const std::string split = row["split"];
      if (!epoch.contains(split)) continue;
      check_close("epoch " + row["epoch"].dump() + " " + split, row, epoch[split]);
      ++rows;
    }
    CHECK(rows == 8);

    // The weights at the end and at the best validation bound.
    check_weights(here, "last", expected["last"]);
    check_weights(here, "best", expected["best"]);

    // The test images.
    const Result evaluated = here.run("eval r --checkpoint last --json --importance-samples " + samples);
    REQUIRE(evaluated.code == 0);
    check_close("eval", json::parse(evaluated.out), expected["eval"]);

    // The pictures.
    if (expected["pictures"].is_null()) continue;
    REQUIRE(here.run("sample r --checkpoint last -n 3 --seed 5 -o mean.png").code == 0);
    REQUIRE(here.run("sample r --checkpoint last -n 3 --seed 5 --draw -o drawn.png").code == 0);
    check_sheet(read_png(here / "mean.png"), expected["pictures"]["mean"]);
    check_sheet(read_png(here / "drawn.png"), expected["pictures"]["drawn"]);
  }
  CHECK(cases == 5);
}
