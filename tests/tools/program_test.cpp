// The program as its users meet it: one fact per test, seen from outside by exit codes, messages and files. ELBO_PROGRAM is its
// path.
//
// Data are a few small images of our own, so that a run takes a fraction of a second. Every test lives in a directory of its own,
// in which the commands run.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using nlohmann::json;

namespace {

// Enough steps per epoch to be interrupted between two of them.
const std::string small = " --data images.npy --hidden 12 --latent 3 --batch-size 7 --quiet ";

struct Result {
  int code;
  std::string out, err;
};

// `count` images of 8 × 6 as an .npy file: bars, with a little disorder.
std::string npy_of_images(int count) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(count) + ", 8, 6), }";
  header.resize(117, ' ');
  std::string file = "\x93NUMPY\x01";
  file += {'\0', 118, '\0'};
  file += header + '\n';
  std::uint32_t noise = 1;
  for (int n = 0; n < count; ++n)
    for (int pixel = 0; pixel < 48; ++pixel) {
      noise = noise * 1664525u + 1013904223u;
      file += char((pixel / 6 == n % 8 || pixel % 6 == n % 6 ? 200 : 20) + noise % 40 / 2);
    }
  return file;
}

struct Workshop : TemporaryDirectory {
  explicit Workshop(int images = 240) { put(path / "images.npy", npy_of_images(images)); }

  // A line for the shell, in which `elbo` is the program.
  Result shell(const std::string& line) const {
    const std::string whole = "cd '" + path.string() + "' && { elbo() { " ELBO_PROGRAM " \"$@\"; }; " + line + "; } >.out 2>.err";
    const int status = std::system(whole.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content(path / ".out"), content(path / ".err")};
  }
  Result run(const std::string& args) const { return shell("elbo " + args); }

  // A run that shall succeed.
  Result train(const std::string& args) const {
    const Result r = run("train" + small + args);
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

bool is_one_line(const std::string& text) { return std::count(text.begin(), text.end(), '\n') == 1 && text.back() == '\n'; }

json header_of_safetensors(const std::string& file) {
  std::uint64_t size;
  std::memcpy(&size, file.data(), sizeof size);
  return json::parse(file.substr(8, size));
}

json progress(const std::string& checkpoint) {
  return json::parse(header_of_safetensors(checkpoint)["__metadata__"]["progress"].get<std::string>());
}

void damage(const std::filesystem::path& file) {
  std::string bytes = content(file);
  bytes[bytes.size() - 5] = char(bytes[bytes.size() - 5] ^ 1);
  put(file, bytes);
}

// Whether a help text has an option with its default: `--kl TEXT=analytic `, which CLI11 2.4 prints as `--kl TEXT [analytic] `.
bool offers(const std::string& help, const std::string& option) {
  const std::size_t equals = option.find('='), end = option.find(' ', equals);
  if (help.find(option) != std::string::npos) return true;
  if (equals == std::string::npos) return false;
  const std::string bracketed = option.substr(0, equals) + " [" + option.substr(equals + 1, end - equals - 1) + "]";
  return help.find(bracketed + option.substr(std::min(end, option.size()))) != std::string::npos;
}

// Refused with this code, in one line that says `what`, and without a run directory.
void check_refused(const Workshop& here, const std::string& args, int code, const std::string& what = "") {
  const Result r = here.run(args);
  INFO(args << " -> " << r.code << " " << r.err);
  CHECK(r.code == code);
  CHECK(is_one_line(r.err));
  CHECK(r.err.rfind("elbo: ", 0) == 0);
  CHECK(r.err.find(what) != std::string::npos);
  CHECK(r.out.empty());
  CHECK_FALSE(std::filesystem::exists(here / "r"));
}

}  // namespace

// ---- training and its files ------------------------------------------------------------------------------------------------

TEST_CASE("train leaves the documented files", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out r");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(here / "r")) names.insert(entry.path().filename().string());
  CHECK(names == std::set<std::string>{".lock", "best.safetensors", "config.json", "last.safetensors", "metrics.jsonl",
                                       "previous.safetensors", "reconstructions.png", "samples.png"});
  for (const std::string png : {"r/samples.png", "r/reconstructions.png"}) CHECK(here.bytes(png).substr(1, 3) == "PNG");
}

TEST_CASE("metrics have a row per epoch and split, and elbo = reconstruction - kl", "[program]") {
  const Workshop here;
  here.train("--model autoregressive --levels 2 --epochs 2 --out r");
  CHECK(here.epochs_and_splits("r") == "1 train, 1 validation, 1 test, 2 train, 2 validation, 2 test");
  for (const json& row : here.metrics("r")) {
    CHECK(row.size() == (row["split"] == "train" ? 12 : 8));
    CHECK(row["step"].get<int>() == 24 * row["epoch"].get<int>());  // ⌈167 / 7⌉ a time
    CHECK(row["elbo"].get<double>() == Approx(row["reconstruction"].get<double>() - row["kl"].get<double>()));
    CHECK(row["kl"].get<double>() == Approx(row["kl_per_level"][0].get<double>() + row["kl_per_level"][1].get<double>()));
    CHECK(row["kl"].get<double>() >= 0);
    CHECK(row["images_per_s"].get<double>() > 0);
  }
}

TEST_CASE("metrics of training tell the learning rate, the norm of the gradients and the skipped steps", "[program]") {
  const Workshop here;
  here.train("--epochs 3 --schedule step --decay 0.5 --decay-every 2 --skip-outliers 1.02 --out r");
  const std::vector<json> rows = here.metrics("r");
  for (const std::size_t epoch : {0, 1, 2}) {
    const json& row = rows[3 * epoch];
    CHECK(row["learning_rate"].get<double>() == (epoch < 2 ? 1e-3 : 5e-4));
    CHECK(row["gradient_norm"].get<double>() > 0);
    CHECK(row["gradient_norm"].get<double>() < row["gradient_norm_max"].get<double>());
  }
  CHECK(rows[6]["skipped"].get<int>() > 0);
  CHECK(rows[6]["skipped"].get<int>() < 24);
}

TEST_CASE("skipped steps are warned of, even if quiet", "[program]") {
  const Workshop here;
  const Result r = here.run("train" + small + "--epochs 3 --skip-outliers 1.02 --out r");
  CHECK(r.code == 0);
  CHECK(r.err.find("elbo: warning: step ") == 0);
  CHECK(r.err.find(" is skipped: the norm of its gradient is ") != std::string::npos);
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') <= 3);  // one an epoch
}

TEST_CASE("training raises the bound", "[program]") {
  const Workshop here;
  here.train("--epochs 15 --learning-rate 0.01 --out r");
  const auto rows = here.metrics("r");
  CHECK(rows[rows.size() - 1]["elbo"].get<double>() > rows[2]["elbo"].get<double>() + 1);
}

TEST_CASE("nothing in a checkpoint depends on the path", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out r");
  here.train("--epochs 1 --out some/where/else");
  CHECK(here.same("r/last.safetensors", "some/where/else/last.safetensors"));
}

TEST_CASE("--quiet prints nothing, and without a terminal there are plain lines on stderr", "[program]") {
  const Workshop here;
  const Result quiet = here.train("--epochs 1 --out q");
  CHECK(quiet.out + quiet.err == "");
  const Result loud = here.run("train --data images.npy --hidden 12 --epochs 2 --out r");
  CHECK(loud.out.find("test bound") == 0);
  CHECK(loud.err.find('\r') == std::string::npos);
  CHECK(loud.err.find('\033') == std::string::npos);
  CHECK(loud.err.find("epoch 2/2 ") != std::string::npos);
  CHECK(loud.err.find(" parameters, ") != std::string::npos);
  CHECK(loud.err.find(" threads, seed 1") != std::string::npos);
}

// ---- continuing ------------------------------------------------------------------------------------------------------------

TEST_CASE("two epochs and two more are four, bit for bit", "[program]") {
  const std::string options =
      GENERATE(as<std::string>(), "", "--optimizer sgd --momentum 0.9 --clip-norm 1", "--likelihood gaussian",
               "--binarize static --schedule exponential --decay-every 1 --warmup 60 --ema 0.99 --skip-outliers 1.1",
               "--samples 3 --kl monte-carlo", "--hidden 9,8 --activation relu --batch-size 1000",
               "--model autoregressive --levels 3", "--model autoregressive --latent 4,3,2 --likelihood gaussian --seed 5");
  INFO(options);
  const std::string settings = " --data images.npy --quiet " + options + (options.find("latent") + 1 ? "" : " --latent 3") +
                               (options.find("hidden") + 1 ? "" : " --hidden 12") +
                               (options.find("batch") + 1 ? "" : " --batch-size 7");
  const Workshop here;
  REQUIRE(here.run("train" + settings + " --epochs 4 --out whole").code == 0);
  REQUIRE(here.run("train" + settings + " --epochs 2 --out r").code == 0);
  REQUIRE_FALSE(here.same("whole/last.safetensors", "r/last.safetensors"));
  REQUIRE(here.run("train --resume --out r --epochs 4 --quiet").code == 0);
  for (const std::string name :
       {"last.safetensors", "previous.safetensors", "best.safetensors", "samples.png", "reconstructions.png"})
    CHECK(here.same("whole/" + name, "r/" + name));
  CHECK(here.epochs_and_splits("r") == here.epochs_and_splits("whole"));
}

// The program lists them when it is asked for one that it has not.
TEST_CASE("an epoch and another are two, bit for bit, with every optimizer and every schedule", "[program]") {
  const auto [option, aids] = GENERATE(table<std::string, std::string>(
      {{"--optimizer", " --weight-decay 0.1 --schedule burda"}, {"--schedule", " --ema 0.9 --skip-outliers 1.05"}}));
  const Workshop here(60);
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
    const bool horizon = name == "linear" || name == "cosine";  // those are stopped below
    CHECK(resumed.code == (horizon ? 2 : 0));
    CHECK(horizon == (resumed.err.find("--epochs 2 contradicts the run, which has 1, and its " + name) != std::string::npos));
    if (horizon) continue;
    here.train(option + " " + name + aids + " --epochs 2 --out " + whole);
    CHECK(here.same(whole + "/last.safetensors", halves + "/last.safetensors"));
  }
  CHECK(count >= 6);
}

// The middle of an epoch: a signal is seen after the next step, of which every epoch has 278.
TEST_CASE("a run that was stopped continues as if it had not been", "[program]") {
  const auto [signal, code, aids] = GENERATE(
      table<std::string, int, std::string>({{"KILL", 137, ""},
                                            {"INT", 130, "--schedule cosine --warmup 500 --ema 0.999 --skip-outliers 1.2 "},
                                            {"TERM", 143, "--schedule linear --optimizer nesterov --clip-value 0.1 "}}));
  INFO(signal);
  const Workshop here(1200);
  const std::string settings =
      "train --data images.npy --hidden 12 --latent 3 --quiet --epochs 40 --batch-size 3 " + aids + "--out ";
  REQUIRE(here.run(settings + "whole").code == 0);
  const Result stopped =
      here.shell(ELBO_PROGRAM " " + settings + "r & pid=$!; while ! test -e r/best.safetensors && kill -0 $pid; " +
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
  for (std::size_t i = 0; i < rows.size(); i += 3)
    for (const char* key : {"learning_rate", "gradient_norm", "gradient_norm_max", "skipped"})
      CHECK(rows[i][key] == expected[i][key]);
}

TEST_CASE("a run killed before its first checkpoint starts from its beginning", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out whole");
  std::filesystem::create_directory(here / "r");
  std::filesystem::copy(here / "whole/config.json", here / "r/config.json");
  put(here / "r/metrics.jsonl", "{\"epoch\": 1, \"spl");
  REQUIRE(here.run("train --resume --quiet --out r").code == 0);
  CHECK(here.same("whole/last.safetensors", "r/last.safetensors"));
  CHECK(here.epochs_and_splits("r") == here.epochs_and_splits("whole"));
}

TEST_CASE("a run killed between two files of a save gets the second when it continues", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out r");
  const std::string best = here.bytes("r/best.safetensors");
  REQUIRE((best == here.bytes("r/last.safetensors")));
  std::filesystem::copy(here / "r/previous.safetensors", here / "r/best.safetensors",
                        std::filesystem::copy_options::overwrite_existing);
  REQUIRE(here.run("train --resume --quiet --out r").code == 0);
  CHECK((here.bytes("r/best.safetensors") == best));
}

TEST_CASE("a run directory may be moved", "[program]") {
  const Workshop here;
  here.train("--epochs 3 --out whole");
  here.train("--epochs 2 --out before");
  std::filesystem::rename(here / "before", here / "after");
  REQUIRE(here.run("train --resume --out after --epochs 3 --quiet").code == 0);
  CHECK(here.same("whole/last.safetensors", "after/last.safetensors"));
}

TEST_CASE("resuming refuses options that contradict the run", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out run");
  for (const auto& [option, was] : std::vector<std::pair<std::string, std::string>>{{"--hidden 20", "12"},
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
  CHECK(here.run("train --resume --out run" + small + "--epochs 2").code == 0);
}

TEST_CASE("there must be a run to resume, evaluate or draw from", "[program]") {
  const Workshop here;
  for (const std::string command : {"train --resume --out r", "eval r", "sample r", "reconstruct r"})
    check_refused(here, command, 66, "r: ");
}

TEST_CASE("a damaged checkpoint: the one before, with a warning; both damaged: bad data", "[program]") {
  const Workshop here;
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
  const Workshop here;
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

// ---- configuration ---------------------------------------------------------------------------------------------------------

TEST_CASE("a run's configuration can be fed back", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --model autoregressive --levels 2 --seed 3 --out a");
  REQUIRE(here.run("train --config a/config.json --out b --quiet").code == 0);
  CHECK(here.same("a/last.safetensors", "b/last.safetensors"));
}

TEST_CASE("the command line goes before --config, in any order", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out a");
  REQUIRE(here.run("train --config a/config.json --epochs 2 --out b --quiet").code == 0);
  REQUIRE(here.run("train --epochs 2 --out c --config a/config.json --quiet").code == 0);
  CHECK(here.metrics("b").size() == 6);
  CHECK(here.metrics("c").size() == 6);
}

TEST_CASE("a configuration that is none is refused", "[program]") {
  const Workshop here;
  put(here / "broken", "{");
  put(here / "unknown", "{\"epoch\": 3}");
  check_refused(here, "train --config absent --out r", 66, "absent");
  check_refused(here, "train --config broken --out r", 65, "broken");
  check_refused(here, "train --config unknown --out r", 65, "'epoch'");
}

// ---- directories -----------------------------------------------------------------------------------------------------------

TEST_CASE("a directory that holds anything is refused, and left as it was", "[program]") {
  const Workshop here;
  std::filesystem::create_directory(here / "foreign");
  put(here / "foreign/file", "mine");
  const Result r = here.run("train" + small + "--out foreign");
  CHECK(r.code == 1);
  CHECK(is_one_line(r.err));
  CHECK(std::distance(std::filesystem::directory_iterator(here / "foreign"), {}) == 1);
}

TEST_CASE("--force removes the files of a run and nothing else", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out run");
  put(here / "run/mine", "mine");
  put(here / "run/non-finite.safetensors", "");
  CHECK(here.run("train" + small + "--epochs 1 --out run").code == 1);
  here.train("--epochs 1 --out run --force");
  CHECK(here.bytes("run/mine") == "mine");
  CHECK_FALSE(std::filesystem::exists(here / "run/non-finite.safetensors"));
  CHECK_FALSE(std::filesystem::exists(here / "run/previous.safetensors"));
  CHECK(here.metrics("run").size() == 3);
}

TEST_CASE("a run directory has one writer", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out run");
  const int lock = ::open((here / "run/.lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  for (const std::string how : {"", "--force", "--resume"}) {
    const Result r = here.run("train --data images.npy --out run " + how);
    CHECK(r.code == 75);
    CHECK(is_one_line(r.err));
  }
  CHECK(here.run("eval run --limit 2 --importance-samples 2").code == 0);
  ::close(lock);
}

TEST_CASE("a directory that cannot be made", "[program]") {
  const Workshop here;
  put(here / "file", "");
  check_refused(here, "train" + small + "--out file/r", 73, "file/r");
  check_refused(here, "train" + small + "--out file", 73, "file");
}

// A limit on the size of files (here 8 kB) fails a write as a full disk does.
TEST_CASE("a checkpoint that cannot be written: the old one stays, training goes on, and ends with 74", "[program]") {
  const Workshop here;
  here.train("--epochs 3 --out whole");
  here.train("--epochs 1 --out r");
  const std::string old = here.bytes("r/last.safetensors");
  const Result full = here.shell("trap '' XFSZ; ulimit -f 16; elbo train --resume --epochs 3 --out r --quiet");
  CHECK(full.code == 74);
  CHECK(std::count(full.err.begin(), full.err.end(), '\n') == 4);  // after two epochs, at the end, and the failure
  CHECK(full.err.find("elbo: warning: r/last.safetensors: cannot write: ") == 0);
  CHECK(full.err.find(".png") == std::string::npos);  // it did not come to the pictures
  CHECK((here.bytes("r/last.safetensors") == old));
  CHECK(here.metrics("r").size() == 9);

  CHECK(here.run("train --resume --epochs 3 --out r --quiet").code == 0);
  CHECK(here.same("r/last.safetensors", "whole/last.safetensors"));
}

TEST_CASE("metrics that cannot be written only warn", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out run");
  std::filesystem::remove(here / "run/metrics.jsonl");
  std::filesystem::create_directory(here / "run/metrics.jsonl");
  const Result r = here.run("train --resume --epochs 3 --out run --quiet");
  CHECK(r.code == 0);
  CHECK(is_one_line(r.err));
  CHECK(r.err.find("metrics.jsonl") != std::string::npos);
}

TEST_CASE("standard output that cannot be written is an error, and one that went away is not noisy", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out run");
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >/dev/full").code == 74);
  CHECK(here.shell("elbo train --help >/dev/full").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 >&-").code == 74);
  CHECK(here.shell("elbo eval run --limit 2 --importance-samples 2 | true").err == "");
}

// ---- wrong usage, wrong data, wrong numbers --------------------------------------------------------------------------------

TEST_CASE("wrong usage is one line and code 2", "[program]") {
  const Workshop here;
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
                                 "sample r -n 0",
                                 "bench",
                                 "bench step --batch-size 0",
                                 "bench ops nothing"})
    check_refused(here, args, 2);
  check_refused(here, "train --binarize none", 2, "a Bernoulli of grey pixels is no likelihood");
}

TEST_CASE("sizes by level say how many levels there are", "[program]") {
  const Workshop here;
  CHECK(here.run("train --data images.npy --quiet --model autoregressive --latent 5,4,3 --hidden 12 --epochs 1 --out a").code ==
        0);
  CHECK(here.run("train --data images.npy --quiet --model autoregressive --levels 3 --latent 5 --hidden 12 --epochs 1 --out b")
            .code == 0);
  CHECK(here.metrics("a")[0]["kl_per_level"].size() == 3);
  CHECK(here.metrics("b")[0]["kl_per_level"].size() == 3);
}

TEST_CASE("help names every option, with its default", "[program]") {
  const Workshop here;
  const std::map<std::string, std::vector<std::string>> expected = {
      {"train",
       {"--config ",
        "--model TEXT=vae ",
        "--levels ",
        "--latent N,N,...=20 ",
        "--hidden N,N,...=500 ",
        "--activation TEXT=tanh ",
        "--likelihood TEXT=bernoulli ",
        "--data TEXT=shapes ",
        "--data-dir ",
        "--binarize ",
        "--limit-train ",
        "--samples N=1 ",
        "--kl TEXT=analytic ",
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
       {"DIR ", "--checkpoint TEXT=last ", "--importance-samples N=5000 ", "--limit ", "--split TEXT=test ", "--export ",
        "--json "}},
      {"sample", {"DIR ", "-n N=64 ", "--seed N=1 ", "--draw ", "-o "}},
      {"reconstruct", {"DIR ", "-n N=8 ", "-o "}},
      {"bench step", {"--batch-size N=100 ", "--hidden N=500 ", "--latent N=20 ", "--threads ", "--json "}},
      {"bench ops", {"NAME", "--json "}},
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
  for (const std::string code : {"0 ", "1 ", "2 ", "3 ", "65 ", "66 ", "70 ", "73 ", "74 ", "75 ", "130 ", "143 "})
    CHECK(codes.find(code, codes.find("Exit codes")) != std::string::npos);
}

TEST_CASE("bad data is one line, and leaves no run behind", "[program]") {
  const Workshop here;
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

TEST_CASE("values that are not grey: bad data under a Bernoulli, wherever they are, and fine under a Gaussian", "[program]") {
  const Workshop here;
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
  CHECK(here.run("train --out run --data floats.npy --likelihood gaussian --hidden 12 --epochs 1 --quiet").code == 0);
  CHECK(here.bytes("run/samples.png").substr(1, 3) == "PNG");
}

TEST_CASE("a loss that is not finite stops the run and names the step and the op", "[program]") {
  const Workshop here;
  const Result r = here.run("train" + small + "--optimizer sgd --learning-rate 1e15 --out r");
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
  const Workshop here;
  const Result r = here.run("train" + small + "--optimizer sgd --learning-rate 1e15 --out r --trace-nan");
  INFO(r.err);
  CHECK(r.code == 3);
  CHECK(r.err.find("\n  of ") != std::string::npos);
  CHECK(r.err.find("a value is not finite, as traced above") != std::string::npos);
  CHECK(std::filesystem::exists(here / "r/non-finite.safetensors"));
}

TEST_CASE("--trace-nan, --profile and --graph change nothing of what is trained", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out plain");
  const Result r = here.train("--epochs 2 --out seen --trace-nan --profile --graph step.dot");
  CHECK(r.code == 0);
  CHECK(r.out.find("bernoulli_log_prob") != std::string::npos);
  CHECK(content(here / "step.dot").find("digraph tape {") == 0);
  CHECK(content(here / "plain/last.safetensors") == content(here / "seen/last.safetensors"));
}

// ---- evaluation and pictures -----------------------------------------------------------------------------------------------

namespace {

using Matrix = std::vector<std::vector<double>>;

std::vector<float> floats(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Matrix read_npy(const std::string& file) {
  const std::vector<float> values = floats(file.substr(file.find('\n') + 1));
  const std::string shape = file.substr(file.find("'shape': (") + 10);
  const std::size_t rows = std::stoul(shape);
  Matrix m(rows);
  for (std::size_t i = 0; i < values.size(); ++i) m[i / (values.size() / rows)].push_back(values[i]);
  return m;
}

std::size_t payload_size(const json& header) {
  std::size_t size = 0;
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") size = std::max(size, entry["data_offsets"][1].get<std::size_t>());
  return size;
}

// The weights of a checkpoint, by name.
std::map<std::string, std::vector<float>> read_weights(const std::string& file) {
  const json header = header_of_safetensors(file);
  const std::string payload = file.substr(file.size() - payload_size(header));
  std::map<std::string, std::vector<float>> weights;
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") {
      const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
      weights[name] = floats(payload.substr(begin, end - begin));
    }
  return weights;
}

// torch.nn.Sequential(Linear, Tanh, Linear, …), one row.
std::vector<double> sequential(const std::map<std::string, std::vector<float>>& weights, const std::string& name,
                               std::vector<double> h) {
  for (int layer = 0; weights.count(name + std::to_string(layer) + ".weight"); layer += 2) {
    if (layer)
      for (double& v : h) v = std::tanh(v);
    const std::vector<float>& w = weights.at(name + std::to_string(layer) + ".weight");
    const std::vector<float>& b = weights.at(name + std::to_string(layer) + ".bias");
    std::vector<double> y(b.begin(), b.end());
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < h.size(); ++i) y[o] += double(w[o * h.size() + i]) * h[i];
    h = y;
  }
  return h;
}

// The bound of one image, with the closed-form KL, from its formula.
double bound(const std::map<std::string, std::vector<float>>& weights, bool hierarchical, const std::vector<double>& x,
             const std::vector<std::vector<double>>& eps) {
  std::vector<double> z;
  double kl = 0;
  for (std::size_t t = 0; t < eps.size(); ++t) {
    std::vector<double> given = x;
    given.insert(given.end(), z.begin(), z.end());
    const std::size_t Z = eps[t].size();
    const std::string level = std::to_string(t) + ".";
    const std::vector<double> q = sequential(weights, hierarchical ? "posterior." + level : "encoder.", given);
    const std::vector<double> p = t ? sequential(weights, "prior." + level, z) : std::vector<double>(2 * Z, 0.0);
    for (std::size_t i = 0; i < Z; ++i) {
      const double d = q[i] - p[i], log_ratio = q[Z + i] - p[Z + i];
      kl += 0.5 * (std::exp(log_ratio) + d * d / std::exp(p[Z + i]) - 1 - log_ratio);
      z.push_back(q[i] + std::exp(q[Z + i] / 2) * eps[t][i]);
    }
  }
  const std::vector<double> y = sequential(weights, "decoder.", z);
  double reconstruction = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (weights.count("decoder.log_std")) {
      const double log_std = weights.at("decoder.log_std")[0], d = (x[i] - y[i]) / std::exp(log_std);
      reconstruction -= 0.5 * d * d + log_std + 0.5 * std::log(2 * std::acos(-1.0));
    } else {
      reconstruction += x[i] * y[i] - std::max(y[i], 0.0) - std::log1p(std::exp(-std::abs(y[i])));
    }
  }
  return reconstruction - kl;
}

}  // namespace

TEST_CASE("the exported bound follows from the exported arrays and the weights", "[program]") {
  const std::string options =
      GENERATE(as<std::string>(), "--latent 3", "--latent 3 --likelihood gaussian --ema 0.9",
               "--model autoregressive --latent 4,3,2", "--model autoregressive --latent 4,3,2 --likelihood gaussian");
  INFO(options);
  const bool hierarchical = options.find("autoregressive") != std::string::npos;
  const Workshop here;
  REQUIRE(here.run("train --data images.npy --hidden 12,10 --learning-rate 0.01 --epochs 4 --quiet --out r " + options).code ==
          0);
  REQUIRE(here.run("eval r --importance-samples 2 --export e").code == 0);
  const Matrix x = read_npy(here.bytes("e/x.npy")), elbo = read_npy(here.bytes("e/elbo.npy"));
  std::vector<Matrix> eps;
  for (int t = 0; t < (hierarchical ? 3 : 1); ++t) eps.push_back(read_npy(here.bytes("e/eps_" + std::to_string(t) + ".npy")));
  auto weights = read_weights(here.bytes("r/last.safetensors"));
  if (options.find("--ema") != std::string::npos)
    for (auto& [name, values] : weights)
      if (weights.count("ema." + name)) values = weights["ema." + name];

  REQUIRE(x.size() == 40);  // a sixth of 240
  REQUIRE(elbo.size() == x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<std::vector<double>> eps_i;
    for (const Matrix& level : eps) eps_i.push_back(level.at(i));
    CHECK(elbo[i][0] == Approx(bound(weights, hierarchical, x[i], eps_i)).epsilon(1e-4));
  }
}

TEST_CASE("eval prints one object, and its bound is below log p(x)", "[program]") {
  const std::string options = GENERATE(as<std::string>(), "", "--model autoregressive --levels 2");
  const Workshop here;
  here.train("--learning-rate 0.01 --epochs 8 --out run " + options);
  const Result r = here.run("eval run --json --importance-samples 500");
  REQUIRE(r.code == 0);
  CHECK(is_one_line(r.out));
  const json e = json::parse(r.out);
  std::set<std::string> keys;
  for (const auto& item : e.items()) keys.insert(item.key());
  CHECK(keys == std::set<std::string>{"n", "elbo", "elbo_se", "reconstruction", "kl", "kl_per_level", "log_px", "log_px_se",
                                      "log_px_mc_se", "importance_samples"});
  CHECK(e["n"].get<int>() == 40);
  CHECK(e["importance_samples"].get<int>() == 500);
  CHECK(e["elbo"].get<double>() < e["log_px"].get<double>() + 4 * e["log_px_mc_se"].get<double>());
  CHECK(e["elbo"].get<double>() == Approx(e["reconstruction"].get<double>() - e["kl"].get<double>()));
  for (const json& kl : e["kl_per_level"]) CHECK(kl.get<double>() >= 0);
  CHECK(e["kl_per_level"].size() == (options.empty() ? 1 : 2));
}

TEST_CASE("eval says of an error that nothing tells that it is unknown: of one draw, of one image", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out run");
  const auto nulls = [&](const std::string& options) {
    const json e = json::parse(here.run("eval run --json " + options).out);
    std::set<std::string> names;
    for (const auto& item : e.items())
      if (item.value().is_null()) names.insert(item.key());
    return names;
  };
  CHECK(nulls("--limit 3 --importance-samples 1") == std::set<std::string>{"log_px_mc_se"});
  CHECK(nulls("--limit 1 --importance-samples 2") == std::set<std::string>{"elbo_se", "log_px_se"});
  CHECK(nulls("--limit 3 --importance-samples 2").empty());
  const std::string text = here.run("eval run --limit 3 --importance-samples 1").out;
  CHECK(text.find("± unknown over 1 importance draws each") != std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("eval repeats itself, and agrees with the metrics of its epoch", "[program]") {
  const std::string aids = GENERATE(as<std::string>(), "", "--ema 0.99 ");
  const Workshop here;
  here.train(aids + "--epochs 2 --out run");
  const std::string command = "eval run --json --importance-samples 20";
  const std::string first = here.run(command).out;
  CHECK(first == here.run(command).out);
  CHECK(json::parse(first)["elbo"].get<double>() == Approx(here.metrics("run").back()["elbo"].get<double>()).epsilon(1e-6));
  CHECK(json::parse(here.run("eval run --checkpoint previous --json --importance-samples 2").out)["elbo"].get<double>() ==
        Approx(here.metrics("run")[2]["elbo"].get<double>()).epsilon(1e-6));
}

TEST_CASE("with --ema, what is told and drawn is of the averaged weights, in training as afterwards", "[program]") {
  const Workshop here;
  const std::string settings = "train --data images.npy --hidden 12 --latent 3 --epochs 2 --learning-rate 0.01 --out ";
  const Result r = here.run(settings + "r --ema 0.99");
  REQUIRE(here.run(settings + "plain").code == 0);
  const double elbo = here.metrics("r").back()["elbo"].get<double>();
  CHECK(std::abs(std::stod(r.out.substr(r.out.find("test bound") + 10)) - elbo) < 0.006);
  CHECK(std::abs(here.metrics("plain").back()["elbo"].get<double>() - elbo) > 0.1);
  CHECK(here.run("sample r -o s.png").code == 0);
  CHECK(here.run("reconstruct r -n 32 -o t.png").code == 0);
  CHECK(here.same("s.png", "r/samples.png"));
  CHECK(here.same("t.png", "r/reconstructions.png"));
  CHECK_FALSE(here.same("plain/samples.png", "r/samples.png"));
}

TEST_CASE("eval reads the checkpoint and the split that it is told", "[program]") {
  const Workshop here;
  here.train("--epochs 2 --out run");
  const auto elbo = [&](const std::string& options) {
    const Result r = here.run("eval run --json --importance-samples 2 " + options);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return json::parse(r.out)["elbo"].get<double>();
  };
  CHECK(elbo("--checkpoint run/previous.safetensors") == elbo("--checkpoint previous"));
  CHECK(elbo("--checkpoint last") != elbo("--checkpoint previous"));
  CHECK(elbo("--checkpoint best") == std::max(elbo("--checkpoint last"), elbo("--checkpoint previous")));
  CHECK(elbo("--split validation") != elbo("--split test"));
  CHECK(elbo("--split train --limit 9") != elbo("--split test --limit 9"));
  CHECK(here.run("eval run --checkpoint absent").code == 66);
  CHECK(here.run("eval run --checkpoint images.npy").code == 65);
}

TEST_CASE("pictures go where they are told", "[program]") {
  const Workshop here;
  here.train("--epochs 1 --out run");
  CHECK(here.run("sample run -n 5 --seed 3 -o a.png").out == "a.png\n");
  CHECK(here.run("sample run -n 5 --seed 3 --draw -o b.png").code == 0);
  CHECK(here.run("sample run -n 5 --seed 4 -o c.png").code == 0);
  CHECK(here.run("reconstruct run -n 5 -o d.png").out == "d.png\n");
  for (const std::string name : {"a.png", "b.png", "c.png", "d.png"}) CHECK(here.bytes(name).substr(1, 3) == "PNG");
  CHECK_FALSE(here.same("a.png", "b.png"));
  CHECK_FALSE(here.same("a.png", "c.png"));
  CHECK(here.run("sample run -o absent/a.png").code == 73);
}

TEST_CASE("gradcheck prints a table or JSON, and refuses a name that nothing has", "[program]") {
  const Workshop here;
  const Result table = here.run("gradcheck tanh");
  CHECK(table.code == 0);
  CHECK(table.out.find("1 checked, 0 failed") != std::string::npos);
  const Result machine = here.run("gradcheck --json Linear bound");
  CHECK(machine.code == 0);
  const json rows = json::parse(machine.out);
  REQUIRE(rows.size() > 2);
  for (const json& row : rows) {
    CHECK(row.size() == 6);
    for (const char* key : {"name", "kind", "cases", "order1", "order2"}) CHECK(row.contains(key));
    CHECK(row["ok"] == true);
  }
  CHECK(here.run("gradcheck --list").out.find("bound         elbo VAE bernoulli analytic\n") != std::string::npos);
  CHECK(here.run("gradcheck tangent").code == 2);
}
