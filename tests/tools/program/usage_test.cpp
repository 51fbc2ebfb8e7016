// The program from outside, by exit codes, messages and files: wrong usage, wrong data, values that are not
// finite.
#include "tests/tools/program/program.h"

namespace {

// Whether a help text has an option with its default: `--kl TEXT=analytic `, which CLI11 2.4 prints as `--kl
// TEXT [analytic] `.
bool offers(const std::string& help, const std::string& option) {
  const std::size_t equals = option.find('='), end = option.find(' ', equals);
  if (help.find(option) != std::string::npos) return true;
  if (equals == std::string::npos) return false;
  const std::string bracketed =
      option.substr(0, equals) + " [" + option.substr(equals + 1, end - equals - 1) + "]";
  return help.find(bracketed + option.substr(std::min(end, option.size()))) != std::string::npos;
}

}  // namespace

TEST_CASE("wrong usage is one line and code 2", "[program]") {
  const WorkingDirectory here;
  for (const std::string args : {"",
                                 "paint",
                                 "train --nonsense",
                                 "train extra",
                                 "train --levels 3",
                                 "train --levels 1 --model vae",
                                 "train --latent 20,10",
                                 "train --model autoregressive --levels 3 --latent 20,20",
                                 "train --hidden 100000,100000,100000",
                                 "train --hidden 20,,5",
                                 "train --epochs -1",
                                 "train --data ''",
                                 "train --epsilon 1e39",
                                 "train --clip-value 1e-60",
                                 "train --epochs 0",
                                 "train --limit-train -1",
                                 "train --learning-rate nan",
                                 "train --seed 1152921504606846976",
                                 "train --momentum 0.5",
                                 "train --decay 0.5 --schedule cosine",
                                 "train --ema 1",
                                 "train --skip-outliers 0.5",
                                 "train --epochs",
                                 "train --epochs 1 --epochs 2",
                                 "train --resume --force",
                                 "train --data-dir x",
                                 "eval",
                                 "eval r --split all",
                                 "eval r --importance-samples 0",
                                 "sample r -n 10001",
                                 "bench",
                                 "bench step --batch-size 0",
                                 "bench ops nothing"})
    check_refused(here, args, 2);
  check_refused(here, "train --bound iwae --importance-samples 5 --gradient stl --out r", 2,
                "--gradient stl is biased under --bound iwae");
  check_refused(here, "train --binarize none", 2, "a Bernoulli of grey pixels is no likelihood");
}

TEST_CASE("typing errors: what was meant, and unexpected words in their order", "[program]") {
  const WorkingDirectory here;
  for (const auto& [args, message] : std::vector<std::pair<std::string, std::string>>{
           {"train --batch 3 --batchsize 3",
            "these were not expected: --batch 3 --batchsize 3; did you mean --batch-size?"},
           {"train --lr 0.1", "did you mean --learning-rate?"},
           {"train --batchsize=3", "did you mean --batch-size?"},
           {"train --optimizer adm", "did you mean adam?"},
           {"trian", "there is no command trian; did you mean train?"},
           {"sample r --sed 3", "did you mean --seed?"},
           {"bench ops tahn", "did you mean tanh?"},
           {"gradcheck tahn", "did you mean tanh?"},
           {"train extra", "this was not expected: extra; see --help"},
           {"train --epochs -1", "--epochs: '-1' is not a positive whole number"},
           {"sample r -n x", "elbo: -n: 'x' is not a positive whole number"},
           {"train --out r --seed 1 --out s", "--out is given more than once"},
           {"train --out", "--out needs a value"},
           {"train --out=", "--out needs a value"},
           {"sample r -o", "-o needs a value"}})
    check_refused(here, args, 2, message);
  check_refused(here, "train --data shaeps --out r", 66, "did you mean shapes?");
}

TEST_CASE("an empty word is refused, not taken for what was left out", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  const std::set<std::string> names = here.names();
  for (const std::string args : {"train --out ''", "train --resume ''", "train --data ''", "train --graph ''",
                                 "eval ''", "eval run --data ''", "eval run --export ''", "sample run -o ''",
                                 "reconstruct run --checkpoint ''", "bench ops ''", "gradcheck ''", "''"})
    check_refused(here, args, 2, "is empty: has a variable of the shell no value?");
  CHECK(here.names() == names);
}

TEST_CASE("names of files that are not text are shown as text, and their bytes are kept", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  // A run and images whose names are not UTF-8, and would move the cursor.
  const std::string strange = "'\xff\x1b[2J'", shown = "\\xff\\x1b[2J";
  const auto shell = [&](const std::string& line) {
    const Result r = here.shell("elbo() { " + elbo_program + " \"$@\"; }; S=" + strange + "; " + line);
    INFO(line << ": " << r.err);
    CHECK(r.code == 0);
    CHECK(r.err.find('\x1b') == std::string::npos);
    return r;
  };
  shell("cp -r run \"$S\" && cp images.npy \"$S.npy\"");
  const std::string eval = "elbo eval \"$S\" --importance-samples 2 --data \"$S.npy\"";
  const json report = json::parse(shell(eval + " --json").out);
  CHECK(report["data"] == shown + ".npy");
  CHECK(report["checkpoint"].get<std::string>().find(shown + "/last.safetensors") == 0);
  CHECK(shell(eval).out.find("240 images of " + shown + ".npy; " + shown + "/last") == 0);
  CHECK(shell("elbo reconstruct \"$S\" --data \"$S.npy\"").err.find(shown + ".npy by") != std::string::npos);
  CHECK(shell("elbo sample \"$S\"").out == "\xff\x1b[2J/new-samples.png\n");  // for other programs
  const Result resumed = shell("elbo train --resume \"$S\" --epochs 2");
  CHECK(resumed.err.find("in " + shown) != std::string::npos);
  CHECK(resumed.out.find("samples:         " + shown) != std::string::npos);
}

TEST_CASE("a picture is a PNG image, and a name that says otherwise is refused", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  check_refused(here, "sample run -o x.jpg", 2, "name it x.png");
  check_refused(here, "reconstruct run -o x.gif", 2, "name it x.png");
  CHECK(here.run("sample run -o x").code == 0);
}

TEST_CASE("a file given as a run is named", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  check_refused(here, "eval run/last.safetensors", 66,
                "run/last.safetensors: is a file, and a run is a directory");
}

TEST_CASE("sizes by level say how many levels there are", "[program]") {
  const WorkingDirectory here;
  CHECK(here.run("train --data images.npy --quiet --model autoregressive --latent 5,4,3 --hidden 12 --epochs "
                 "1 --out a")
            .code == 0);
  CHECK(here.run("train --data images.npy --quiet --model autoregressive --levels 3 --latent 5 --hidden 12 "
                 "--epochs 1 --out b")
            .code == 0);
  CHECK(here.metrics("a")[0]["kl_per_level"].size() == 3);
  CHECK(here.metrics("b")[0]["kl_per_level"].size() == 3);
}

TEST_CASE("convolutions go with their own options, and with square images of even side", "[program]") {
  const WorkingDirectory here(60);
  put(here.path / "square.npy", npy_of_images(60, 8, 8));
  const std::string conv = "train --architecture conv --epochs 1 --quiet --out r ";
  check_refused(here, conv + "--data images.npy", 2, "square images of an even side, and these are 8 x 6");
  check_refused(here, conv + "--data square.npy --hidden 12", 2,
                "--hidden means nothing under --architecture conv");
  check_refused(here, conv + "--data square.npy --channels 1", 2, "--channels must be between 2 and 10000");
  check_refused(here, conv + "--data square.npy --channels 4,5,6,7,8", 2, "channels are given for 5 sides");
  check_refused(here, "train --data square.npy --channels 12", 2,
                "--channels means nothing under --architecture dense");
  REQUIRE(
      here.run(conv + "--data square.npy --channels 4 --model autoregressive --levels 3 --latent 2").code ==
      0);
  CHECK(here.run("sample r -o x").code == 0);
  CHECK(here.run("eval r --importance-samples 5 --active-units --export e").code == 0);
  CHECK(here.bytes("e/eps_0.npy").find("(10, 2, )") != std::string::npos);   // one pixel
  CHECK(here.bytes("e/eps_2.npy").find("(10, 32, )") != std::string::npos);  // 4 x 4
}

TEST_CASE("help names every option, with its default", "[program]") {
  const WorkingDirectory here;
  const std::map<std::string, std::vector<std::string>> expected = {
      {"train",
       {"--config ",
        "--model TEXT=vae ",
        "--levels ",
        "--latent N,N,...=20 ",
        "--hidden N,N,...=500 ",
        "--activation TEXT=tanh ",
        "--likelihood TEXT=bernoulli ",
        "--sigma TEXT=learned ",
        "--decoder TEXT=independent ",
        "--pixelcnn-layers N=2 ",
        "--pixelcnn-channels N=16 ",
        "--prior TEXT=standard ",
        "--prior-size N=0 ",
        "--prior-hidden N=100 ",
        "--posterior TEXT=diagonal ",
        "--posterior-size N=0 ",
        "--posterior-hidden N=100 ",
        "--condition TEXT=nothing ",
        "--classes N=0 ",
        "--labelled N=0 ",
        "--architecture TEXT=dense ",
        "--channels N,N,...=32 ",
        "--weights TEXT=own ",
        "--recompute TEXT=nothing ",
        "--preset ",
        "--init ",
        "--data TEXT=shapes ",
        "--data-dir ",
        "--binarize ",
        "--limit-train ",
        "--samples N=1 ",
        "--kl TEXT=mixed ",
        "--bound TEXT=elbo ",
        "--gradient TEXT=pathwise ",
        "--importance-samples N=1 ",
        "--renyi-alpha ",
        "--missing X=0.0 ",
        "--corrupt X=0.0 ",
        "--beta X=1.0 ",
        "--warm-up N=0 ",
        "--free-bits X=0.0 ",
        "--optimizer TEXT=adam ",
        "--learning-rate X=0.001 ",
        "--momentum ",
        "--beta1 ",
        "--beta2 ",
        "--epsilon ",
        "--weight-decay ",
        "--schedule TEXT=constant ",
        "--decay ",
        "--decay-every ",
        "--warmup N=0 ",
        "--clip-norm X=0.0 ",
        "--clip-value X=0.0 ",
        "--skip-outliers X=0.0 ",
        "--ema X=0.0 ",
        "--batch-size N=100 ",
        "--epochs N=20 ",
        "--seed N=1 ",
        "--threads ",
        "--out ",
        "--resume ",
        "--force ",
        "--quiet ",
        "--trace-nan ",
        "--profile ",
        "--graph "}},
      {"eval",
       {"DIR ", "--checkpoint TEXT=last ", "--importance-samples N=5000 ", "--limit ", "--split TEXT=test ",
        "--export ", "--json "}},
      {"sample",
       {"DIR ", "-n N=0 ", "--seed N=1 ", "--draw ", "--levels-fixed N=0 ", "--temperature X=1.0 ", "-o "}},
      {"reconstruct", {"DIR ", "-n N=8 ", "-o "}},
      {"bench step", {"--batch-size N=100 ", "--hidden N=500 ", "--latent N=20 ", "--threads ", "--json "}},
      {"bench ops", {"NAME", "--json "}},
      {"bench evidence", {"--hidden N=500 ", "--latent N=20 ", "--json "}},
      {"bench overhead", {"--json "}},
      {"bench conv", {"--json "}}};
  for (const auto& [command, options] : expected) {
    const Result r = here.run(command + " --help");
    CHECK(r.code == 0);
    for (const std::string& option : options) {
      INFO(command << " " << option);
      CHECK(offers(r.out, option));
    }
  }
  CHECK(offers("  --kl TEXT [analytic]  how", "--kl TEXT=analytic "));
  CHECK_FALSE(offers("  --kl TEXT [analytical]  how", "--kl TEXT=analytic "));
  const std::string codes = here.run("--help").out;
  for (const std::string code :
       {"0 ", "1 ", "2 ", "3 ", "65 ", "66 ", "69 ", "70 ", "73 ", "74 ", "75 ", "129, ", "130 ", "143 "})
    CHECK(codes.find(code, codes.find("Exit codes")) != std::string::npos);
}

TEST_CASE(
    "gradcheck, lesson, court and bench are programs beside elbo, which names them where they were not built",
    "[program]") {
  const WorkingDirectory here;
  const std::string help = here.run("--help").out;
  for (const std::string name : {"gradcheck", "lesson", "court", "bench"}) {
    CHECK(help.find("\n  " + name + " ") != std::string::npos);
    const Result alone = here.shell("cp " + elbo_program + " elbo && ./elbo " + name + " --help");
    CHECK(alone.code == 69);
    CHECK(is_one_line(alone.err));
    CHECK(alone.err.find((here / ("elbo-" + name)).string()) != std::string::npos);
  }
}

TEST_CASE("bad data is one line, and leaves no run behind", "[program]") {
  const WorkingDirectory here;
  const std::string images = content(here / "images.npy");
  put(here / "cut.npy", images.substr(0, 1000));
  put(here / "long.npy", images + "x");
  put(here / "empty.npy", "");
  put(here / "text.npy", "no array at all");
  for (const std::string file : {"cut.npy", "long.npy", "empty.npy", "text.npy"})
    check_refused(here, "train --out r --data " + file, 65, file);
  check_refused(here, "train --out r --data absent", 66, "absent");
  check_refused(here, "train --out r --data mnist", 66, "--data-dir");
  check_refused(here, "train --out r --data .", 66, "has no train-");
}

TEST_CASE(
    "values that are not grey: bad data under a Bernoulli, wherever they are, and fine under a Gaussian",
    "[program]") {
  const WorkingDirectory here;
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (60, 11), }";
  header.resize(117, ' ');
  std::string file = "\x93NUMPY\x01";
  file += {'\0', 118, '\0'};
  file += header + '\n';
  for (int i = 0; i < 660; ++i) {
    const float value = i == 659 ? 1.5f : float(i % 7) / 7;
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  put(here / "floats.npy", file);
  check_refused(here, "train --out r --data floats.npy", 65, "1.5");
  CHECK(here.run("train --out run --data floats.npy --likelihood gaussian --hidden 12 --epochs 1 --quiet")
            .code == 0);
  CHECK(here.bytes("run/samples.png").substr(1, 3) == "PNG");
}

TEST_CASE("a loss that is not finite stops the run and names the step and the op", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run("train" + small_run + "--optimizer sgd --learning-rate 1e15 --out r");
  INFO(r.err);
  CHECK(r.code == 3);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("elbo: step ") == 0);
  CHECK(r.err.find(": the loss is not finite; the first value that is not: ") != std::string::npos);
  CHECK(std::filesystem::exists(here / "r/non-finite.safetensors"));
  CHECK_FALSE(std::filesystem::exists(here / "r/last.safetensors"));
  CHECK(here.run("eval r --checkpoint r/non-finite.safetensors --limit 3 --importance-samples 2").code == 3);
}

TEST_CASE("--trace-nan shows where the first value that is not finite comes from", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run("train" + small_run + "--optimizer sgd --learning-rate 1e15 --out r --trace-nan");
  INFO(r.err);
  CHECK(r.code == 3);
  CHECK(r.err.find("\n  of ") != std::string::npos);
  CHECK(r.err.find("a value is not finite, as traced above") != std::string::npos);
  CHECK(std::filesystem::exists(here / "r/non-finite.safetensors"));
}

TEST_CASE("--trace-nan, --profile and --graph change nothing of what is trained", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out plain");
  const Result r = here.train("--epochs 2 --out seen --trace-nan --profile --graph step.dot");
  CHECK(r.code == 0);
  CHECK(r.out.find("bernoulli_log_prob") != std::string::npos);
  CHECK(content(here / "step.dot").find("digraph tape {") == 0);
  CHECK(content(here / "plain/last.safetensors") == content(here / "seen/last.safetensors"));
}

TEST_CASE("a graph that cannot be written is refused before there is a run", "[program]") {
  const WorkingDirectory here;
  std::filesystem::create_directory(here / "folder");
  const std::string train = "train" + small_run + "--epochs 1 --out r --graph ";
  check_refused(here, train + "absent/step.dot", 73, "absent/step.dot: cannot create");
  check_refused(here, train + "folder", 73, "not a regular file");
  check_refused(here, train + "r/config.json", 2, "the run has a file of that name of its own");
  check_refused(here, train + "r/../r/last.safetensors", 2, "of its own");
  check_refused(here, train + "r", 2, "is a directory of the run");
  check_refused(here, train + "./r/", 2, "is a directory of the run");
  check_refused(here, "train" + small_run + "--epochs 1 --out r/s --graph r", 2, "is a directory of the run");
  check_refused(here, train + "/dev/stdout --profile", 2, "printed there too");
  CHECK(here.run(train + "r/step.dot").code == 0);  // in the directory that is made
  CHECK(content(here / "r/step.dot").find("digraph tape {") == 0);
  const Result r = here.run("train" + small_run + "--epochs 1 --out s --graph /dev/stdout");
  CHECK(r.code == 0);
  CHECK(r.out == content(here / "r/step.dot"));
}
