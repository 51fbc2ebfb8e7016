// The program from outside, by exit codes, messages and files: a run and its data.
#include <cmath>

#include "tests/tools/program/program.h"

namespace {

// The images of npy_of_images as floats from `black` to `white`.
std::string npy_of_floats(int count, double black, double white) {
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(count) + ", 8, 6), }";
  header.resize(117, ' ');
  std::string file = "\x93NUMPY\x01";
  file += {'\0', 118, '\0'};
  file += header + '\n';
  const std::string bytes = npy_of_images(count).substr(128);
  for (const char byte : bytes) {
    const float value = float(black + (white - black) * static_cast<unsigned char>(byte) / 255);
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return file;
}

double bound(const WorkingDirectory& here, const std::string& args) {
  const Result r = here.run("eval " + args + " --json --importance-samples 2");
  INFO(args << ": " << r.err);
  REQUIRE(r.code == 0);
  return json::parse(r.out)["elbo"].get<double>();
}

}  // namespace

TEST_CASE("a run finds its data from any directory", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  std::filesystem::create_directory(here / "elsewhere");
  put(here / "elsewhere/images.npy", npy_of_images(120));
  const std::string result = here.run("eval r --json --importance-samples 2").out;
  const Result r = here.shell("cd elsewhere && elbo eval ../r --json --importance-samples 2");
  CHECK(r.code == 0);
  CHECK(json::parse(r.out)["elbo"] == json::parse(result)["elbo"]);
  CHECK(here.shell("cd elsewhere && elbo train --resume ../r --epochs 2 --quiet").code == 0);
}

TEST_CASE("drawing needs the weights alone, and other images are told from the run's", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  REQUIRE(here.run("sample r -o before.png").code == 0);
  put(here / "other.npy", npy_of_images(300));
  put(here / "images.npy", npy_of_images(300));
  CHECK(here.run("sample r -o extended.png").code == 0);
  CHECK(here.same("before.png", "extended.png"));
  for (const std::string command : {"eval r", "reconstruct r", "train --resume r --epochs 2"}) {
    const Result r = here.run(command);
    CHECK(r.code == 65);
    CHECK(r.err.find("was trained on other data than ") != std::string::npos);
    CHECK(r.err.find("--data FILE") != std::string::npos);
  }
  std::filesystem::remove(here / "images.npy");
  CHECK(here.run("sample r -o deleted.png").code == 0);
  CHECK(here.same("before.png", "deleted.png"));
  const Result absent = here.run("eval r");
  CHECK(absent.code == 66);
  CHECK(absent.err.find("`elbo train --resume r --data FILE` tells the run where its data are now") !=
        std::string::npos);

  // Other images may be given, of the same size.
  const Result eval = here.run("eval r --data other.npy --json --importance-samples 2");
  CHECK(eval.code == 0);
  CHECK(json::parse(eval.out)["n"] == 300);
  CHECK(json::parse(eval.out)["data"] == "other.npy");
  CHECK(here.run("reconstruct r --data other.npy -o other.png").code == 0);
  const Result shapes = here.run("eval r --data shapes");
  CHECK(shapes.code == 65);
  CHECK(shapes.err.find("its images are of 28x28 pixels, and those of the run of 8x6") != std::string::npos);
  CHECK(here.run("eval r --data other.npy --split train").code == 2);
}

TEST_CASE("data that have moved are found again when the run is told", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  const std::string result = here.run("eval r --json --importance-samples 2").out;
  std::filesystem::rename(here / "images.npy", here / "moved.npy");
  CHECK(here.run("train --resume r --data moved.npy --quiet").code == 0);
  const std::string moved = here.run("eval r --json --importance-samples 2").out;
  CHECK(json::parse(moved)["elbo"] == json::parse(result)["elbo"]);
}

TEST_CASE("a test image that is another one is noticed", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  std::string file = npy_of_images(240);
  file.back() = char(file.back() ^ 1);
  put(here / "images.npy", file);
  CHECK(here.run("eval r").code == 65);
}

TEST_CASE("a Gaussian learns values of any range, and says how they are scaled", "[program]") {
  const WorkingDirectory here;
  const std::string settings =
      "train --likelihood gaussian --hidden 12 --latent 3 --batch-size 7 --epochs 3 --data ";
  put(here / "grey.npy", npy_of_floats(240, 0, 1));
  REQUIRE(here.run(settings + "grey.npy --out grey").code == 0);
  const double grey = bound(here, "grey");
  for (const auto& [black, white] : std::vector<std::pair<double, double>>{{0, 255}, {-1, 1}, {0, 1e6}}) {
    put(here / "x.npy", npy_of_floats(240, black, white));
    const Result r = here.run(settings + "x.npy --out r --force");
    INFO(r.err);
    CHECK(r.code == 0);
    CHECK(r.err.find(" are scaled to 0 and 1 for the model") != std::string::npos);
    CHECK(bound(here, "r") + 48 * std::log(white - black) == Approx(grey).margin(12));
    CHECK(here.run("sample r -o x.png").code == 0);
    CHECK(here.run("train --resume r --epochs 4 --quiet").code == 0);
  }
}

TEST_CASE("floats of 0 to 255 become the same pixels of 0 and 1 as grey values, with the same bound",
          "[program]") {
  const WorkingDirectory here;
  put(here / "grey.npy", npy_of_floats(240, 0, 1));
  put(here / "x.npy", npy_of_floats(240, 0, 255));
  const std::string settings = "train --hidden 12 --latent 3 --epochs 1 --quiet --data ";
  REQUIRE(here.run(settings + "grey.npy --out grey").code == 0);
  check_refused(here, settings + "x.npy --out r", 65, "--black and --white");
  REQUIRE(here.run(settings + "x.npy --white 255 --out r").code == 0);
  CHECK(bound(here, "r") == Approx(bound(here, "grey")).epsilon(1e-4));
}

TEST_CASE("how files are split is said, and a file that is sorted is warned of", "[program]") {
  const WorkingDirectory here(1200);
  const auto said = [&](const std::string& options) {
    const Result r = here.run("train --hidden 12 --epochs 1 --out r --force " + options);
    INFO(r.err);
    CHECK(r.code == 0);
    return std::pair(r.err.find("the test images are the last of the data") != std::string::npos,
                     r.err.find("unlike the training images") != std::string::npos);
  };
  CHECK(said("--data images.npy") == std::pair(true, false));
  CHECK(said("--data images.npy --split-seed 1") == std::pair(false, false));

  // The rows of bright pixels, sorted: image n has row n % 8 bright.
  std::string file = npy_of_images(1200), sorted = file.substr(0, 128);
  for (int row = 0; row < 8; ++row)
    for (int n = row; n < 1200; n += 8) sorted += file.substr(std::size_t(128 + 48 * n), 48);
  put(here / "sorted.npy", sorted);
  CHECK(said("--data sorted.npy") == std::pair(true, true));
  CHECK(said("--data sorted.npy --split-seed 1") == std::pair(false, false));
  CHECK(here.run("eval r --limit 3 --importance-samples 2").code == 0);
}

TEST_CASE("bytes of 0 and 1, which are all but black, are warned of", "[program]") {
  const WorkingDirectory here;
  std::string file = npy_of_images(60);
  for (std::size_t i = 128; i < file.size(); ++i) file[i] = char(static_cast<unsigned char>(file[i]) > 99);
  put(here / "x.npy", file);
  const auto warned = [&](const std::string& data) {
    return here.run("train --hidden 12 --epochs 1 --out r --force --data " + data)
               .err.find("no byte is above 1") != std::string::npos;
  };
  CHECK(warned("x.npy"));
  file.replace(file.find("|u1"), 3, "|b1");
  put(here / "x.npy", file);
  CHECK_FALSE(warned("x.npy"));
  CHECK_FALSE(warned("images.npy"));
}

TEST_CASE("the first N images validate", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run("train --data images.npy --hidden 12 --epochs 1 --out r --limit-validation 5");
  CHECK(r.err.find("167 training, 5 validation, 40 test images") != std::string::npos);
}

TEST_CASE("what becomes of grey pixels is said", "[program]") {
  const WorkingDirectory here;
  const auto grey = [&](const std::string& options) {
    const Result r = here.run("train --data images.npy --hidden 12 --epochs 1 --out r --force " + options);
    CHECK(r.code == 0);
    return r.err.find(
               "100 % of the pixels are grey, and become 1 with probability their grey value, anew in "
               "every epoch; --likelihood gaussian") != std::string::npos;
  };
  CHECK(grey(""));
  CHECK_FALSE(grey("--likelihood gaussian"));
  const Result none = here.run("train --binarize none");
  CHECK(none.err.find("--likelihood gaussian models grey values") != std::string::npos);
}

TEST_CASE("what is exported is in the model's units, and what is printed in those of the values",
          "[program]") {
  const WorkingDirectory here;
  put(here / "wide.npy", npy_of_floats(240, -1, 3));
  REQUIRE(
      here.run(
              "train --data wide.npy --likelihood gaussian --hidden 12 --latent 3 --epochs 1 --quiet --out r")
          .code == 0);
  const Result r = here.run("eval r --json --importance-samples 2 --export e");
  REQUIRE(r.code == 0);
  const auto floats = [&](const std::string& name) {
    const std::string file = here.bytes(name), data = file.substr(file.find('\n') + 1);
    std::vector<float> values(data.size() / sizeof(float));
    std::memcpy(values.data(), data.data(), values.size() * sizeof(float));
    return values;
  };
  const std::vector<float> x = floats("e/x.npy"), elbo = floats("e/elbo.npy");
  const auto [least, greatest] = std::minmax_element(x.begin(), x.end());
  CHECK((*least > -0.1 && *least < 0.1));
  CHECK((*greatest > 0.9 && *greatest < 1.1));
  const json config = json::parse(here.bytes("r/config.json")), report = json::parse(r.out);
  double mean = 0;
  for (const float v : elbo) mean += double(v) / double(elbo.size());
  const double range = config["white"].get<double>() - config["black"].get<double>();
  CHECK(range == Approx(3.4).margin(0.4));
  CHECK(report["elbo"].get<double>() == Approx(mean - 48 * std::log(range)).epsilon(1e-5));
}
