// The program from outside, by exit codes, messages and files: resuming.
#include "tests/tools/program/program.h"

namespace {

json progress(const std::string& checkpoint) {
  return json::parse(header_of_safetensors(checkpoint)["__metadata__"]["progress"].get<std::string>());
}

void damage(const std::filesystem::path& file) {
  std::string bytes = content(file);
  bytes[bytes.size() - 5] = char(bytes[bytes.size() - 5] ^ 1);
  put(file, bytes);
}

}  // namespace

TEST_CASE("two epochs and two more are four, bit for bit", "[program]") {
  const std::string options = GENERATE(
      as<std::string>(), "", "--optimizer sgd --momentum 0.9 --clip-norm 1", "--likelihood gaussian",
      "--binarize static --schedule exponential --decay-every 1 --warmup 60 --ema 0.99 --skip-outliers 1.1",
      "--samples 3 --kl monte-carlo", "--beta 4 --warm-up 3 --free-bits 0.5",
      "--bound iwae --importance-samples 4 --gradient vimco",
      "--bound renyi --renyi-alpha 0.3 --importance-samples 3 --gradient dreg --model autoregressive "
      "--levels 2",
      "--gradient score --samples 2 --kl entropy", "--gradient stl --model autoregressive --levels 2",
      "--hidden 9,8 --activation relu --batch-size 1000", "--model autoregressive --levels 3",
      "--model autoregressive --latent 4,3,2 --likelihood gaussian --seed 5",
      "--model autoregressive --levels 3 --architecture conv --channels 6 --activation relu");
  INFO(options);
  const bool dense = options.find("conv") == std::string::npos;
  const std::string settings = " --data " + std::string(dense ? "images" : "square") + ".npy --quiet " +
                               options + (options.find("latent") + 1 ? "" : " --latent 3") +
                               (options.find("hidden") + 1 || !dense ? "" : " --hidden 12") +
                               (options.find("batch") + 1 ? "" : " --batch-size 7");
  const WorkingDirectory here;
  put(here.path / "square.npy", npy_of_images(240, 8, 8));
  REQUIRE(here.run("train" + settings + " --epochs 4 --out whole").code == 0);
  REQUIRE(here.run("train" + settings + " --epochs 2 --out r").code == 0);
  REQUIRE_FALSE(here.same("whole/last.safetensors", "r/last.safetensors"));
  REQUIRE(here.run("train --resume --out r --epochs 4 --quiet").code == 0);
  for (const std::string name :
       {"last.safetensors", "previous.safetensors", "best.safetensors", "samples.png", "reconstructions.png"})
    CHECK(here.same("whole/" + name, "r/" + name));
  std::string rows = here.epochs_and_splits("r");
  rows.erase(rows.find("2 test, "), 8);  // where it ended at first
  CHECK(rows == here.epochs_and_splits("whole"));
}

// The names are taken from the message that refuses an unknown one.
TEST_CASE("an epoch and another are two, bit for bit, with every optimizer and every schedule", "[program]") {
  const auto [option, aids] =
      GENERATE(table<std::string, std::string>({{"--optimizer", " --weight-decay 0.1 --schedule burda"},
                                                {"--schedule", " --ema 0.9 --skip-outliers 1.05"}}));
  const WorkingDirectory here(60);
  const std::string refusal = here.run("train " + option + " none").err;
  std::string list = refusal.substr(refusal.find(" is not one of ") + 15);
  std::replace(list.begin(), list.end(), ',', ' ');
  std::istringstream names(list);
  std::size_t count = 0;
  for (std::string name; names >> name; ++count) {
    INFO(name);
    const std::string whole = "whole-" + name, halves = "halves-" + name;
    here.train(option + " " + name + aids + " --epochs 1 --out " + halves);
    const Result resumed = here.run("train --resume --epochs 2 --out " + halves);
    const bool horizon = name == "linear" || name == "cosine";  // in the next test
    CHECK(resumed.code == (horizon ? 2 : 0));
    CHECK(horizon == (resumed.err.find("--epochs 2 contradicts the run, which has 1, and its " + name) !=
                      std::string::npos));
    if (horizon) continue;
    here.train(option + " " + name + aids + " --epochs 2 --out " + whole);
    CHECK(here.same(whole + "/last.safetensors", halves + "/last.safetensors"));
  }
  CHECK(count >= 6);
}

// In the middle of an epoch: a signal is noticed after the next step, and every epoch has 278.
TEST_CASE("a run that was stopped continues as if it had not been", "[program]") {
  const auto [signal, code, aids] = GENERATE(table<std::string, int, std::string>(
      {{"KILL", 137, ""},
       {"INT", 130, "--schedule cosine --warmup 500 --ema 0.999 --skip-outliers 1.2 "},
       {"HUP", 129, ""},
       {"TERM", 143, "--schedule linear --optimizer nesterov --clip-value 0.1 "}}));
  INFO(signal);
  const WorkingDirectory here(1200);
  const std::string settings =
      "train --data images.npy --hidden 12 --latent 3 --quiet --epochs 40 --batch-size 3 " + aids + "--out ";
  REQUIRE(here.run(settings + "whole").code == 0);
  // A shell makes jobs in the background ignore SIGINT, and nohup SIGHUP.
  const Result stopped = here.shell("env --default-signal=INT,HUP " + elbo_program + " " + settings +
                                    "r & pid=$!; while ! test -e r/best.safetensors && kill -0 $pid; " +
                                    "do sleep 0.01; done; kill -" + signal + " $pid; wait $pid");
  REQUIRE(stopped.code == code);
  REQUIRE(here.epochs_and_splits("r") != here.epochs_and_splits("whole"));
  if (signal != "KILL") CHECK(progress(here.bytes("r/last.safetensors"))["batch"].get<int>() > 0);
  REQUIRE(here.run("train --resume --out r --quiet").code == 0);
  CHECK(here.same("whole/last.safetensors", "r/last.safetensors"));
  CHECK(here.same("whole/best.safetensors", "r/best.safetensors"));
  const std::vector<json> rows = here.metrics("r"), expected = here.metrics("whole");
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const char* key : {"epoch", "split", "elbo"}) CHECK(rows[i][key] == expected[i][key]);
  for (std::size_t i = 0; i + 1 < rows.size(); i += 2)
    for (const char* key : {"learning_rate", "gradient_norm", "gradient_norm_max", "skipped"})
      CHECK(rows[i][key] == expected[i][key]);
}

TEST_CASE("--resume takes the run's directory, and says so when it has ended", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out r");
  const std::string metrics = here.bytes("r/metrics.jsonl");
  const Result r = here.run("train --resume r");
  CHECK(r.code == 0);
  CHECK(r.err == "r: the run has ended, after epoch 2; --epochs 4 trains on\n");
  CHECK(here.bytes("r/metrics.jsonl") == metrics);
  here.train("--epochs 3 --out whole");
  CHECK(here.run("train --resume r --epochs 3 --quiet").code == 0);
  CHECK(here.same("r/last.safetensors", "whole/last.safetensors"));
  CHECK(here.epochs_and_splits("r") ==
        "1 train, 1 validation, 2 train, 2 validation, 2 test, 3 train, 3 validation, 3 test");
  const Result twice = here.run("train --resume whole --out r2");
  CHECK(twice.code == 2);
  CHECK(twice.err == "elbo: --resume whole names the run already: leave --out away\n");

  // A run that was killed before its result has it when it is resumed.
  put(here / "whole/metrics.jsonl", "");
  std::filesystem::remove(here / "whole/samples.png");
  CHECK(here.run("train --resume whole --quiet").code == 0);
  CHECK(here.epochs_and_splits("whole") == "3 test");
  CHECK(here.same("whole/samples.png", "r/samples.png"));
}

TEST_CASE("there are pictures after every epoch, and when a run is stopped", "[program]") {
  const WorkingDirectory here(1200);
  const Result stopped = here.shell(
      "env --default-signal=INT,HUP " + elbo_program +
      " train --data images.npy --hidden 12 --latent 3 --epochs 400 --batch-size 3 --out r & pid=$!; "
      "while ! test -e r/samples.png && kill -0 $pid; do sleep 0.01; done; kill -INT $pid; wait $pid");
  CHECK(stopped.code == 130);
  CHECK_FALSE(std::filesystem::exists(here / "r/report.html"));  // which is of runs that have ended
  CHECK(stopped.err.find("stopped and saved, with pictures of the weights so far") != std::string::npos);
  REQUIRE(here.run("sample r -o s.png").code == 0);
  CHECK(here.same("s.png", "r/samples.png"));
  REQUIRE(here.run("reconstruct r -n 32 -o t.png").code == 0);
  CHECK(here.same("t.png", "r/reconstructions.png"));
}

TEST_CASE("a run killed before its first checkpoint starts from its beginning", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out whole");
  std::filesystem::create_directory(here / "r");
  std::filesystem::copy(here / "whole/config.json", here / "r/config.json");
  put(here / "r/metrics.jsonl", "{\"epoch\": 1, \"spl");
  REQUIRE(here.run("train --resume --quiet --out r").code == 0);
  CHECK(here.same("whole/last.safetensors", "r/last.safetensors"));
  CHECK(here.epochs_and_splits("r") == here.epochs_and_splits("whole"));
}

TEST_CASE("a run killed between two files of a save gets the second when it continues", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out r");
  const std::string best = here.bytes("r/best.safetensors");
  REQUIRE((best == here.bytes("r/last.safetensors")));
  std::filesystem::copy(here / "r/previous.safetensors", here / "r/best.safetensors",
                        std::filesystem::copy_options::overwrite_existing);
  REQUIRE(here.run("train --resume --quiet --out r").code == 0);
  CHECK((here.bytes("r/best.safetensors") == best));
}

TEST_CASE("a run directory may be moved", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 3 --out whole");
  here.train("--epochs 2 --out before");
  std::filesystem::rename(here / "before", here / "after");
  REQUIRE(here.run("train --resume --out after --epochs 3 --quiet").code == 0);
  CHECK(here.same("whole/last.safetensors", "after/last.safetensors"));
}

#ifdef __x86_64__
// The slow kernels are not replaced (autograd/threads.cpp) where they were asked for.
TEST_CASE("a run continues with other kernels of the BLAS, and says so", "[program]") {
  const WorkingDirectory here;
  const std::string older = "export OPENBLAS_CORETYPE=Prescott; elbo train ";
  REQUIRE(here.shell(older + "--epochs 1 --out r" + small_run).code == 0);
  const Result same = here.shell(older + "--resume r --epochs 2 --quiet");
  CHECK((same.code == 0 && same.err.empty()));
  const Result other = here.run("train --resume r --epochs 3 --quiet");
  CHECK(other.code == 0);
  CHECK(other.err.find("was made with the BLAS kernel Prescott, here it is ") != std::string::npos);
}
#endif

TEST_CASE("resuming refuses options that contradict the run", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out run");
  for (const auto& [option, was] :
       std::vector<std::pair<std::string, std::string>>{{"--hidden 20", "12"},
                                                        {"--latent 20", "3"},
                                                        {"--seed 2", "1"},
                                                        {"--learning-rate 0.5", "0.001"},
                                                        {"--model autoregressive", "vae"},
                                                        {"--likelihood gaussian", "bernoulli"},
                                                        {"--epochs 1", "2"}}) {
    const Result r = here.run("train --resume --out run " + option);
    INFO(r.err);
    CHECK(r.code == 2);
    CHECK(is_one_line(r.err));
    CHECK(r.err.find(option + " contradicts the run, which ") != std::string::npos);
    CHECK(r.err.find(was) != std::string::npos);
  }
  CHECK(here.run("train --resume --out run" + small_run + "--epochs 2").code == 0);
}

TEST_CASE("there must be a run to resume, evaluate or draw from", "[program]") {
  const WorkingDirectory here;
  for (const std::string command : {"train --resume --out r", "eval r", "sample r", "reconstruct r"})
    check_refused(here, command, 66, "r: ");
}

TEST_CASE("a damaged checkpoint: the one before, with a warning; both damaged: bad data", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 3 --out r");
  const std::string whole = here.bytes("r/last.safetensors");
  damage(here / "r/last.safetensors");

  const Result eval = here.run("eval r --limit 3 --importance-samples 2 --json");
  CHECK(eval.code == 0);
  CHECK(eval.err.find("going back to r/previous.safetensors") != std::string::npos);
  CHECK(is_one_line(eval.err));

  const Result resumed = here.run("train --resume --out r --quiet");
  CHECK(resumed.code == 0);
  CHECK(resumed.err.find("going back to r/previous.safetensors") != std::string::npos);
  CHECK((here.bytes("r/last.safetensors") == whole));

  damage(here / "r/last.safetensors");
  damage(here / "r/previous.safetensors");
  CHECK(here.run("eval r").code == 65);
  CHECK(here.run("train --resume --out r").code == 65);
}

TEST_CASE("a run continues on its own data only", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  std::string other = npy_of_images(240);
  other[other.size() / 2] ^= 1;  // one bit of a training image
  put(here / "images.npy", other);
  for (const std::string command : {"train --resume --epochs 2 --out run", "eval run"}) {
    const Result r = here.run(command);
    CHECK(r.code == 65);
    CHECK(is_one_line(r.err));
    CHECK(r.err.find("other data") != std::string::npos);
  }
}
