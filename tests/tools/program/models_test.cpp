// Every kind of model as a user has it: it trains, the bound rises and lies below log p(x), a run is resumed
// bit for bit, every command takes it, and what does not go together is refused.
#include "tests/tools/picture.h"
#include "tests/tools/program/program.h"

namespace {

// Two epochs into a, and the same in two pieces into b, bit for bit.
void check_resumes(const WorkingDirectory& here, const std::string& train) {
  REQUIRE(here.run(train + " --epochs 2 --out a").code == 0);
  REQUIRE(here.run(train + " --epochs 1 --out b").code == 0);
  REQUIRE(here.run("train --resume b --epochs 2 --quiet").code == 0);
  CHECK(here.same("a/last.safetensors", "b/last.safetensors"));
}

// Each of these ends with 0.
void check_run(const WorkingDirectory& here, const std::vector<std::string>& commands) {
  for (const std::string& command : commands) {
    INFO(command);
    CHECK(here.run(command).code == 0);
  }
}

// The validation bound after the second epoch is above that after the first.
void check_rises(const std::vector<json>& metrics) {
  std::vector<double> bounds;
  for (const json& row : metrics)
    if (row["split"] == "validation") bounds.push_back(row["elbo"]);
  REQUIRE(bounds.size() == 2);
  CHECK(bounds[1] > bounds[0]);
}

}  // namespace

TEST_CASE(
    "the families of p(z0), of q and of p(x|z), and the decoders, train, resume bit for bit, evaluate and "
    "draw",
    "[program]") {
  const WorkingDirectory here;
  put(here / "images.npy", npy_of_images(240, 8, 8));
  for (const std::string options :
       {"--hidden 12 --prior normal",
        "--hidden 12 --prior mixture --prior-size 3",
        "--hidden 12 --prior vamp --prior-size 4",
        "--hidden 12 --prior flow --prior-hidden 6",
        "--hidden 12 --prior made --prior-hidden 6",
        "--hidden 12 --prior gru --prior-hidden 4",
        "--hidden 12 --condition upper-half --prior normal",
        "--hidden 12 --posterior full",
        "--hidden 12 --posterior mixture --posterior-size 2 --bound iwae --importance-samples 3 --gradient "
        "dreg",
        "--hidden 12 --posterior flow --posterior-hidden 5 --gradient stl",
        "--hidden 12 --likelihood gaussian --sigma optimal --ema 0.9",
        "--hidden 12 --likelihood gaussian --sigma 0.3",
        "--hidden 12 --likelihood gaussian --sigma pixels",
        "--hidden 12 --posterior point --beta 0 --corrupt 0.3",
        "--hidden 12 --decoder pixelcnn --pixelcnn-layers 3 --pixelcnn-channels 4",
        "--hidden 12 --missing 0.3",
        "--hidden 12 --likelihood gaussian --sigma optimal --missing 0.3",
        "--hidden 12 --likelihood logistic-mixture --decoder pixelcnn --pixelcnn-layers 0",
        "--hidden 5 --likelihood categorical",
        "--hidden 12 --prior flow --prior-hidden 6 --gradient stl",
        "--architecture conv --channels 4 --weights shared --recompute blocks --decoder pixelcnn --prior "
        "flow"}) {
    INFO(options);
    const std::string train =
        "train --data images.npy --batch-size 7 --quiet --force --model autoregressive "
        "--levels 2 --latent 3 " +
        options;
    check_resumes(here, train);
    const Result r = here.run("eval a --importance-samples 20 --limit 20 --active-units --json");
    REQUIRE(r.code == 0);
    const json found = json::parse(r.out);
    if (options.find("--beta 0") == std::string::npos) check_rises(here.metrics("a"));
    CHECK(found["log_px"].get<double>() > found["elbo"].get<double>());
    check_run(here, {"sample a -n 4 --levels-fixed 1 -o s.png", "traverse a -n 2 -o t.png",
                     "eval a --evidence interval --simulate 2 --temperatures 5 --chains 2",
                     "eval a --evidence ais --limit 2 --temperatures 5 --chains 2"});
  }
  CHECK(here.run("eval a --importance-samples 20 --limit 2 --gaps").code == 0);
  REQUIRE(
      here.run("train --data images.npy --hidden 5 --quiet --epochs 1 --posterior mixture --out m").code ==
      0);
  CHECK(here.run("eval m --importance-samples 2 --limit 2 --gaps").code == 2);
  CHECK(here.run("eval m --limit 2 --export e").code == 2);
  REQUIRE(here.run("train --data images.npy --hidden 5 --quiet --epochs 1 --decoder pixelcnn "
                   "--pixelcnn-layers 3 --pixelcnn-channels 4 --out p")
              .code == 0);
  const std::string weights = here.bytes("p/last.safetensors");
  for (const char* part : {"\"decoder.pixels.more.2.weight\"", "[4,4,3,3]"})
    CHECK(weights.find(part) != std::string::npos);
  CHECK(weights.find("\"decoder.pixels.more.3.weight\"") == std::string::npos);
  CHECK(here.run("encode p").code == 0);
  CHECK(here.run("encode p --means").code == 2);
  check_refused(here, "train --posterior flow --architecture conv --out n", 2, "--posterior flow");
  check_refused(here, "train --sigma 0.3 --out n", 2, "--sigma means nothing");
  check_refused(here, "train --likelihood gaussian --sigma 0 --out n", 2, "--sigma");
  check_refused(here, "train --likelihood gaussian --sigma pixel --out n", 2, "did you mean pixels?");
  check_refused(here, "train --posterior full --prior vamp --out n", 2, "--prior vamp");
  check_refused(here, "train --posterior flow --kl analytic --out n", 2, "--kl analytic");
  check_refused(here, "train --posterior mixture --kl entropy --out n", 2, "--kl entropy");
  check_refused(here, "train --likelihood gaussian --sigma pixels --decoder pixelcnn --out n", 2,
                "--sigma pixels");
  check_refused(here, "train --likelihood gaussian --sigma 1e-310 --out n", 2, "0.0001");
  check_refused(here, "train --posterior full --posterior-size 3 --out n", 2, "--posterior-size");
  check_refused(here, "train --posterior full --posterior-hidden 3 --out n", 2, "--posterior-hidden");
  check_refused(here, "train --pixelcnn-layers 3 --out n", 2, "nothing under --decoder independent");
  check_refused(here, "train --pixelcnn-channels 3 --out n", 2, "nothing under --decoder independent");
  check_refused(here, "train --decoder pixelcnn --pixelcnn-layers 201 --out n", 2, "at most 200");
  check_refused(here, "train --decoder pixelcnn --pixelcnn-channels 0 --out n", 2, "between 1 and 10000");
  const Result r = here.run("sample a -n 4 --temperature 0.5 -o s.png");
  CHECK(r.code == 2);
  CHECK(r.err.find("--temperature") != std::string::npos);
}

TEST_CASE("a model is given labels, or halves, wherever it is used", "[program]") {
  const WorkingDirectory here;
  for (const std::string options :
       {"--data shapes --condition label --hidden 6",
        "--data moving-shapes --condition upper-half --hidden 6",
        "--data shapes --condition label --model autoregressive --levels 2 --hidden 6",
        "--data shapes --condition label --architecture conv --channels 4"}) {
    INFO(options);
    REQUIRE(here.run("train --limit-train 60 --limit-validation 20 --batch-size 20 --epochs 1 "
                     "--latent 2 "
                     "--quiet --force --out run " +
                     options)
                .code == 0);
    check_run(
        here,
        {"sample run", "sample run -n 3 --levels-fixed 1", "sample run --temperature 0.5",
         "score run --limit 3", "reconstruct run", "traverse run", "interpolate run",
         "eval run --limit 20 --importance-samples 5 --active-units", "encode run --limit 5 --means",
         "eval run --simulate 3 --evidence interval --temperatures 4 --chains 2",
         "eval run --limit 2 --importance-samples 5 --gaps", "report run --images 5 --importance-samples 2"});
    if (options.find("moving") == std::string::npos) CHECK(here.run("factors run --limit 50").code == 0);
  }
  const json config = json::parse(here.bytes("run/config.json"));
  CHECK(config["classes"] == 3);
  const Picture of_classes = read_png(here / "run/samples.png");
  CHECK(of_classes.width > 2 * of_classes.height);  // 3 rows of 8
  check_refused(here, "eval run --data images.npy", 65, "images");
  check_refused(here, "train --data images.npy --condition label --out n", 2, "labels");
  check_refused(here, "train --data shapes --condition label --prior vamp --out n", 2, "--prior vamp");
  check_refused(here, "train --data shapes --classes 3 --out n", 2, "--classes");
  check_refused(here, "train --data shapes --condition upper-half --architecture conv --out n", 2, "14 x 28");
}

TEST_CASE("a class beside z is summed over, with some labels or none", "[program]") {
  const WorkingDirectory here;
  for (const std::string options :
       {"--labelled 30 --hidden 6", "--classes 3 --hidden 6 --prior flow",
        "--classes 4 --hidden 6 --levels 2", "--classes 2 --gradient score --samples 2 --hidden 6",
        "--labelled 10 --architecture conv --channels 4"}) {
    INFO(options);
    const std::string train =
        "train --data shapes --model classes --limit-train 60 --limit-validation 20 --batch-size "
        "20 --latent 2 --quiet --force " +
        options;
    check_resumes(here, train);
    check_run(here,
              {"sample a", "sample a --levels-fixed 1", "reconstruct a", "traverse a", "traverse a --level 1",
               "interpolate a", "encode a --limit 5 --means", "score a --limit 3", "report a --images 3"});
    const Result r = here.run("eval a --limit 20 --importance-samples 5 --active-units --json");
    REQUIRE(r.code == 0);
    CHECK(json::parse(r.out).contains("accuracy") == (options.find("labelled") != std::string::npos));
  }
  check_refused(here, "eval a --evidence ais", 2, "a class has none");
  check_refused(here, "eval a --importance-samples 2 --gaps", 2, "a class has none");
  check_refused(here, "eval a --export n", 2, "--export");
  check_refused(here, "train --data images.npy --model classes --out n", 2, "--classes");
  check_refused(here, "train --data images.npy --model classes --classes 3 --labelled 5 --out n", 2,
                "no labels");
  check_refused(here, "train --data shapes --model classes --classes 2 --labelled 5 --out n", 2,
                "fewer than");
  check_refused(here, "train --labelled 5 --out n", 2, "--labelled means nothing");
  check_refused(here, "train --model classes --bound iwae --importance-samples 2 --out n", 2,
                "a class has none");
  check_refused(here, "train --model classes --condition label --out n", 2, "--condition label");
}
