// The program from outside: codes, scores, traversals, files that are checked, and weights to begin with.
#include <cmath>
#include <cstring>

#include "tests/tools/program/program.h"

namespace {

// Number i of a file of floats from 10 to 40, of which every fifth is missing.
float float_at(std::size_t i) {
  return i % 5 == 3 ? std::nanf("") : float(25 + 15 * std::sin(double(i * i)));
}

// 60 images of 2 x 2 of them.
std::string npy_with_holes() {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (60, 2, 2), }",
              file = "\x93NUMPY\x01";
  header.resize(117, ' ');
  file += {'\0', 118, '\0'};
  file += header + '\n';
  for (std::size_t i = 0; i < 240; ++i) {
    const float v = float_at(i);
    file.append(reinterpret_cast<const char*>(&v), 4);
  }
  return file;
}

}  // namespace

TEST_CASE("encode, traverse and interpolate leave files, of the run's images and of others", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  put(here / "others.npy", npy_of_images(9));
  CHECK(here.run("encode run").out == "run/codes\n");
  CHECK(here.run("encode run --data others.npy --importance-samples 5 -o there").code == 0);
  for (const char* name : {"mu_0", "sigma_0", "z_0", "elbo"})
    CHECK(std::filesystem::exists(here / ("run/codes/" + std::string(name) + ".npy")));
  CHECK(here.run("check there/z_0.npy").out == "there/z_0.npy: array, read as 9 images of 1x3\n");
  CHECK(here.run("traverse run -n 2").out == "run/traverse.png\n");
  CHECK(here.run("interpolate run -n 2 -o i.png").out == "i.png\n");
  CHECK(here.bytes("i.png").substr(1, 3) == "PNG");
  check_refused(here, "encode run --split train --data others.npy", 2, "take one of them");
  check_refused(here, "traverse run --level 1", 2, "the model has 1 level");
  check_refused(here, "traverse run --image 40", 2, "--image 40");
  check_refused(here, "interpolate run -n 21", 2, "-n 21");
}

TEST_CASE("fill leaves a picture, or filled images in the units of the data, and says how good they are",
          "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --missing 0.4 --out run");
  const Result drawn = here.run("fill run");
  CHECK(drawn.out == "run/filled.png\n");
  CHECK(drawn.err.find("of the pixels of 8 test images") != std::string::npos);
  CHECK(drawn.err.find("at hidden pixels the root mean square error of the means is 0.") !=
        std::string::npos);
  CHECK(here.run("fill run --missing 0.9 -n 3 -o f.png").err.find("of 3 test images") != std::string::npos);
  CHECK(here.run("fill run -o f.npy").code == 0);
  CHECK(here.run("check f.npy").out.find("40 images of 8x6") != std::string::npos);
  CHECK(json::parse(here.run("eval run --importance-samples 5 --json").out)["missing"].get<double>() > 0.1);

  // Nothing is hidden of other images, unless asked for.
  const Result others = here.run("fill run --data images.npy --missing 0.5");
  CHECK(others.err.find("of the pixels of 8 images") != std::string::npos);
  check_refused(here, "fill run --data images.npy", 2, "no pixel of these images is missing");
  CHECK(here.run("score run --data images.npy --limit 2").err.find("warning: 0 % of their pixels") !=
        std::string::npos);

  // Floats with NaN: nothing tells what was there.
  put(here / "holes.npy", npy_with_holes());
  REQUIRE(here.run("train --data holes.npy --likelihood gaussian --hidden 4 --latent 1 --epochs 2 --samples "
                   "2 --corrupt 0.1 --out h "
                   "--trace-nan")
              .code == 0);
  CHECK(here.run("fill h").err.find("at hidden pixels") == std::string::npos);
  REQUIRE(here.run("fill h -o h.npy --means").code == 0);
  const std::string bytes = here.bytes("h.npy");
  std::vector<float> filled(40);  // the last sixth are for testing
  std::memcpy(filled.data(), bytes.data() + bytes.size() - 160, 160);
  REQUIRE(here.run("fill h -o drawn.npy").code == 0);
  CHECK_FALSE(here.same("h.npy", "drawn.npy"));
  for (std::size_t i = 0; i < 40; ++i) {
    const float known = float_at(200 + i);
    CHECK((std::isnan(known) ? std::isfinite(filled[i]) : std::abs(filled[i] - known) < 1e-4f));
  }
  CHECK(here.run("check holes.npy").out ==
        "holes.npy: array, read as 60 images of 2x2, 20 % of whose pixels are missing\n");
  check_refused(here, "fill h -o f.png --means", 2, "--means");
  check_refused(here, "fill h -o f.txt", 2, ".npy");
  check_refused(here, "fill none -o nowhere/f.npy", 73, "nowhere");  // before anything else
  check_refused(here, "fill run --missing 0 ", 2, "no pixel of these images is missing");
  check_refused(here, "fill run --missing 1", 2, "--missing must be");
  check_refused(here, "fill run --importance-samples 100000000", 2, "--importance-samples is at most");
  check_refused(here, "train --missing 0.1 --decoder pixelcnn --out n", 2, "--decoder pixelcnn");
  check_refused(here, "train --missing 0.1 --condition upper-half --out n", 2, "upper-half");
}

TEST_CASE("score has a row for each image, and its place among validation images", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  const Result table = here.run("score r --limit 4");
  CHECK(table.code == 0);
  CHECK(std::count(table.out.begin(), table.out.end(), '\n') == 5);
  std::istringstream lines(here.run("score r --limit 4 --json --importance-samples 20").out);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const json row = json::parse(line);
    CHECK(row["image"] == count);
    CHECK(row["p"].get<double>() > 0);
    CHECK(row["p"].get<double>() <= 1);
    CHECK(row["log_px"].get<double>() < 0);
  }
  CHECK(count == 4);
  // White noise is less likely than any image.
  std::string noise = npy_of_images(3);
  std::uint32_t state = 9;
  for (std::size_t i = 128; i < noise.size(); ++i)
    state = state * 1664525u + 1013904223u, noise[i] = char(state >> 24);
  put(here / "noise.npy", noise);
  std::istringstream of_noise(here.run("score r --json --data noise.npy").out);
  for (std::string line; std::getline(of_noise, line);) CHECK(json::parse(line)["p"].get<double>() < 0.1);
}

TEST_CASE("factors has the gap of the shapes, whose factors are known, and of no other images", "[program]") {
  const WorkingDirectory here;
  CHECK(here.run("train --data shapes --limit-train 200 --limit-validation 50 --hidden 8 --latent 3 "
                 "--epochs 1 --quiet --out s")
            .code == 0);
  const json found = json::parse(here.run("factors s --limit 100 --parts 4 --json").out);
  CHECK(found["n"] == 100);
  CHECK(found["factors"].size() == 5);
  CHECK(found["factors"]["angle"]["information"].size() == 3);
  CHECK(found["mig"].get<double>() < 0.5);
  const Result text = here.run("factors s --limit 100 --split validation");
  CHECK(text.out.find("50 validation images of shapes; s/last.safetensors") == 0);
  here.train("--epochs 1 --out other");
  check_refused(here, "factors other", 2, "the built-in shapes have them");
  check_refused(here, "factors s --limit 5", 2, "5 images in 10 parts");
}

TEST_CASE("check says what a file is, and whether it is whole", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  const Result all =
      here.run("check r r/last.safetensors r/config.json r/metrics.jsonl r/samples.png images.npy");
  CHECK(all.code == 0);
  for (const char* what : {"r: run of vae", "checkpoint of a run", "its digest is right", "options of a run",
                           "JSON lines, 3", "picture of ", "240 images of 8x6"}) {
    INFO(what << " in\n" << all.out);
    CHECK(all.out.find(what) != std::string::npos);
  }
  std::string damaged = here.bytes("r/last.safetensors");
  damaged[damaged.size() - 5] ^= 1;
  put(here / "r/last.safetensors", damaged);
  put(here / "text", "nothing of the kind");
  CHECK(here.run("check r/last.safetensors").code == 65);
  CHECK(here.run("check r").code == 65);
  CHECK(here.run("check text").code == 65);
  CHECK(here.run("check absent images.npy").code == 66);
}

TEST_CASE("a run may begin with the weights of another, by their names", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out a");
  // At a learning rate that changes nothing in float.
  here.train("--epochs 1 --learning-rate 1e-30 --init a/last.safetensors --out b");
  const json of_a = json::parse(here.run("eval a --importance-samples 5 --json").out),
             of_b = json::parse(here.run("eval b --importance-samples 5 --json").out);
  CHECK(of_a["elbo"] == of_b["elbo"]);
  check_refused(here, "train --data images.npy --hidden 13 --latent 3 --init a/last.safetensors --out c", 65,
                "its tensor 'encoder.0.weight' is [12,48], and the model's is [13,48]");
  check_refused(here, "train --data images.npy --hidden 12,5 --latent 3 --init a/last.safetensors --out c",
                65, "its tensor 'encoder.2.weight'");
  check_refused(here, "train --resume a --init a/last.safetensors", 2, "leave --init out");
  check_refused(here, "train --init absent --out c", 66, "absent");
}

TEST_CASE("report is one page that needs no other file, of one run or of several", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out one");
  here.train("--epochs 1 --model autoregressive --levels 2 --out s");
  CHECK(here.run("report one --images 5 --importance-samples 3").out == "one/report.html\n");
  const std::string one = here.bytes("one/report.html");
  CHECK(here.bytes("one/results.png").substr(1, 3) == "PNG");
  for (const char* part : {"<h2>Numbers</h2>", "<h2>The latent space</h2>", "<h2>Curves</h2>",
                           "<h2>The tape of a step</h2>", ">encoder.0.weight [12,48]<", "<h2>Images</h2>",
                           "id=\"model\"", "data:image/png;base64,", "bound, nats per image"}) {
    INFO(part);
    CHECK(one.find(part) != std::string::npos);
  }
  for (const char* elsewhere : {"http:", "https:", " src=\"/", "@import", "url("}) {
    const std::size_t at = one.find(elsewhere);
    INFO(elsewhere);
    CHECK((at == std::string::npos || one.compare(at, 26, "http://www.w3.org/2000/svg") == 0));
  }
  CHECK(here.run("report one s --images 5 --importance-samples 3 -o both.html").code == 0);
  const std::string both = here.bytes("both.html");
  CHECK(both.find("<th scope=\"row\">epochs</th><td>2</td><td>1</td>") != std::string::npos);
  CHECK(both.find("Images: s") != std::string::npos);
  CHECK(both.find("pixels missing") == std::string::npos);
  here.train("--epochs 1 --missing 0.4 --out holes");
  CHECK(here.run("report one holes --images 5 --importance-samples 3 -o holes.html").code == 0);
  CHECK(here.bytes("holes.html").find("pixels missing") != std::string::npos);
  CHECK(here.bytes("both.png").substr(1, 3) == "PNG");  // beside the page
  CHECK(both.find("<h2>Rate and distortion</h2>") == std::string::npos);
  check_refused(here, "report absent", 66, "absent");
  check_refused(here, "report one --images 5 -o page.png", 2, "page.png");
  CHECK(here.run("report one --images 5 --importance-samples 3 -o page.html").code == 0);
  CHECK(here.bytes("page.png").substr(1, 3) == "PNG");

  // To a stream there goes the page alone.
  std::filesystem::remove(here / "stream.png");
  std::filesystem::create_symlink("/dev/stdout", here / "stream");
  CHECK(here.run("report one --images 5 --importance-samples 3 -o stream").out.find("<!doctype html>") == 0);
  CHECK_FALSE(std::filesystem::exists(here / "stream.png"));
}

TEST_CASE("report: of runs that differ in beta, rate and distortion", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out one");
  here.train("--epochs 1 --beta 4 --out four");
  CHECK(here.run("report one four --images 5 --importance-samples 3").code == 0);
  const std::string page = here.bytes("one/report.html");
  CHECK(page.find("<h2>Rate and distortion</h2>") != std::string::npos);
  CHECK(page.find(">β = 4</text>") != std::string::npos);
}

TEST_CASE("report: of a conditional model, completions, and a walk by what is given", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --condition upper-half --out one");
  CHECK(here.run("report one --images 5 --importance-samples 3").code == 0);
  const std::string page = here.bytes("one/report.html");
  CHECK(page.find("<figcaption>completions: ") != std::string::npos);
  CHECK(page.find("upper half of test image 0") != std::string::npos);
  CHECK(page.find("\"above\":true") != std::string::npos);  // of the picture
  CHECK(page.find("Noise is test images") != std::string::npos);
}

TEST_CASE("report: pixels that see others have no walk", "[program]") {
  const WorkingDirectory here;
  put(here / "images.npy", npy_of_images(60, 8, 8));
  here.train("--epochs 1 --decoder pixelcnn --out one");
  CHECK(here.run("report one --images 3 --importance-samples 2").code == 0);
  CHECK(here.bytes("one/report.html").find("<h2>The latent space</h2>") == std::string::npos);
}

TEST_CASE("report: malformed metrics and a single image are no hindrance", "[program]") {
  const WorkingDirectory here(7);  // one of them for testing
  here.train("--epochs 1 --out one");
  put(here / "one/metrics.jsonl",
      "{\"epoch\":null,\"split\":\"validation\",\"elbo\":null,\"kl_per_level\":[null]}\n"
      "{\"epoch\":[],\"split\":\"train\"}\n{\"split\":{}}\nno row\n"
      "{\"epoch\":2,\"split\":\"test\",\"elbo\":\"x\"}\n");
  const Result r = here.run("report one --images 1 --importance-samples 1");
  INFO(r.err);
  CHECK(r.code == 0);
  for (const char* unknown : {">nan", ">-nan", "Mnan", "\"nan\""})
    CHECK(here.bytes("one/report.html").find(unknown) == std::string::npos);
}
