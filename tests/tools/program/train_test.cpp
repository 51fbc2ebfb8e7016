// The program from outside, by exit codes, messages and files: training, the files it leaves, and its
// configuration.
#include <regex>

#include "tests/tools/program/program.h"

TEST_CASE("train leaves the documented files", "[program]") {
  const WorkingDirectory here;
  REQUIRE(here.run("train --data images.npy --hidden 12 --latent 3 --quiet --epochs 2 --out r").err.empty());
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(here / "r"))
    names.insert(entry.path().filename().string());
  CHECK(names == std::set<std::string>{".lock", "best.safetensors", "config.json", "last.safetensors",
                                       "metrics.jsonl", "previous.safetensors", "reconstructions.png",
                                       "report.html", "results.png", "samples.png"});
  for (const std::string png : {"r/samples.png", "r/reconstructions.png", "r/results.png"})
    CHECK(here.bytes(png).substr(1, 3) == "PNG");
  CHECK(here.bytes("r/report.html").find("By the weights after epoch 2.") != std::string::npos);
}

TEST_CASE("a report that cannot be made is a warning, and --no-report leaves it out", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  CHECK_FALSE(std::filesystem::exists(here / "r/report.html"));
  CHECK_FALSE(std::filesystem::exists(here / "r/results.png"));
  std::filesystem::create_directory(here / "r/report.html");
  const Result r = here.run("train --resume r --epochs 2");
  CHECK(r.code == 0);
  CHECK(r.err.find("elbo: warning: no report: r/report.html: ") != std::string::npos);
  CHECK(r.out.find("report:") == std::string::npos);
  std::filesystem::remove(here / "r/report.html");
  CHECK(here.run("train --resume r --epochs 3").out.find("\nreport:          r/report.html\n") !=
        std::string::npos);

  // Resuming a run that has ended makes what is missing of it.
  std::filesystem::remove(here / "r/results.png");
  CHECK(here.run("train --resume r --no-report").out.empty());
  CHECK_FALSE(std::filesystem::exists(here / "r/results.png"));
  CHECK(here.run("train --resume r").out == "report:          r/report.html\n");
  CHECK(std::filesystem::exists(here / "r/results.png"));
  CHECK(here.run("train --resume r").out.empty());
}

TEST_CASE(
    "metrics have a row per epoch of both splits, one of the test images, and elbo = reconstruction - kl",
    "[program]") {
  const WorkingDirectory here;
  here.train("--model autoregressive --levels 2 --epochs 2 --out r");
  CHECK(here.epochs_and_splits("r") == "1 train, 1 validation, 2 train, 2 validation, 2 test");
  for (const json& row : here.metrics("r")) {
    CHECK(row.size() == (row["split"] == "train" ? 12 : 8));
    CHECK(row["step"].get<int>() == 24 * row["epoch"].get<int>());  // ⌈167 / 7⌉ a time
    CHECK(row["elbo"].get<double>() == Approx(row["reconstruction"].get<double>() - row["kl"].get<double>()));
    CHECK(row["kl"].get<double>() ==
          Approx(row["kl_per_level"][0].get<double>() + row["kl_per_level"][1].get<double>()));
    CHECK(row["kl"].get<double>() >= 0);
    CHECK(row["images_per_s"].get<double>() > 0);
  }
}

TEST_CASE("metrics of training tell the learning rate, the norm of the gradients and the skipped steps",
          "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 3 --schedule step --decay 0.5 --decay-every 2 --skip-outliers 1.02 --out r");
  const std::vector<json> rows = here.metrics("r");
  for (const std::size_t epoch : {0, 1, 2}) {
    const json& row = rows[2 * epoch];
    CHECK(row["learning_rate"].get<double>() == (epoch < 2 ? 1e-3 : 5e-4));
    CHECK(row["gradient_norm"].get<double>() > 0);
    CHECK(row["gradient_norm"].get<double>() < row["gradient_norm_max"].get<double>());
  }
  CHECK(rows[4]["skipped"].get<int>() > 0);
  CHECK(rows[4]["skipped"].get<int>() < 24);
}

TEST_CASE("skipped steps are warned of, even if quiet", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run("train" + small_run + "--epochs 3 --skip-outliers 1.02 --out r");
  CHECK(r.code == 0);
  CHECK(r.err.find("elbo: warning: step ") == 0);
  CHECK(r.err.find(" is skipped: the norm of its gradient is ") != std::string::npos);
  CHECK(std::count(r.err.begin(), r.err.end(), '\n') <= 3);  // one an epoch
}

TEST_CASE("training raises the bound", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 15 --learning-rate 0.01 --out r");
  const auto rows = here.metrics("r");
  CHECK(rows[rows.size() - 2]["elbo"].get<double>() > rows[1]["elbo"].get<double>() + 1);
}

TEST_CASE("nothing in a checkpoint depends on the path", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  here.train("--epochs 1 --out some/where/else");
  CHECK(here.same("r/last.safetensors", "some/where/else/last.safetensors"));
}

TEST_CASE("--quiet prints nothing, and without a terminal there are plain lines on stderr", "[program]") {
  const WorkingDirectory here;
  const Result quiet = here.train("--epochs 1 --out q");
  CHECK(quiet.out + quiet.err == "");
  const Result levels = here.run(
      "train --data images.npy --hidden 12 --epochs 1 --out l --model autoregressive --latent 2,3,4");
  CHECK(std::regex_search(levels.err, std::regex("kl +[0-9.]+ \\([0-9.]+, [0-9.]+, [0-9.]+\\) ")));
  const Result loud = here.run("train --data images.npy --hidden 12 --epochs 2 --out r");
  CHECK(loud.out.find("test bound") == 0);
  CHECK(loud.err.find('\r') == std::string::npos);
  CHECK(loud.err.find('\033') == std::string::npos);
  CHECK(loud.err.find("epoch 2/2 ") != std::string::npos);
  CHECK(loud.err.find(" parameters, ") != std::string::npos);
  CHECK(loud.err.find(", seed 1") != std::string::npos);
}

TEST_CASE("a run's configuration can be fed back", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --model autoregressive --levels 2 --seed 3 --out a");
  REQUIRE(here.run("train --config a/config.json --out b --quiet").code == 0);
  CHECK(here.same("a/last.safetensors", "b/last.safetensors"));
}

TEST_CASE("options on the command line take precedence over --config, in any order", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out a");
  REQUIRE(here.run("train --config a/config.json --epochs 2 --out b --quiet").code == 0);
  REQUIRE(here.run("train --epochs 2 --out c --config a/config.json --quiet").code == 0);
  CHECK(here.metrics("b").size() == 5);
  CHECK(here.metrics("c").size() == 5);
}

TEST_CASE("a preset is options, over which those typed take precedence", "[program]") {
  const WorkingDirectory here;
  REQUIRE(here.run("train --out p --preset quick --data shapes --limit-train 50 --limit-validation 10 "
                   "--epochs 1 "
                   "--hidden 5 --latent 2 --quiet")
              .code == 0);
  const json config = json::parse(here.bytes("p/config.json"));
  CHECK(config["latent"] == std::vector<int>{2});
  CHECK(config["epochs"] == 1);
  CHECK(config["ema"] == 0.999);
  check_refused(here, "train --preset quik --out r", 2, "did you mean quick?");
  check_refused(here, "train --preset quick --config p/config.json --out r", 2, "take one of them");
  check_refused(here, "train --resume p --preset quick", 2, "leave --preset out");
}

TEST_CASE("a configuration that is none is refused", "[program]") {
  const WorkingDirectory here;
  put(here / "broken", "{");
  put(here / "unknown", "{\"epoch\": 3}");
  check_refused(here, "train --config absent --out r", 66, "absent");
  check_refused(here, "train --config broken --out r", 65, "broken");
  check_refused(here, "train --config unknown --out r", 65, "'epoch'");
  put(here / "wrong", "{\"model\": \"gan\"}");
  check_refused(here, "train --config wrong --out r", 65, "elbo: wrong: --model 'gan'");
  put(here / "zero", std::string("{\"seed\":1}\0", 11));
  check_refused(here, "train --config zero --out r", 65, "elbo: zero: is not valid JSON");
}

TEST_CASE("--patience stops when validation no longer improves, and reports the best", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run(
      "train --data images.npy --hidden 12 --latent 3 --batch-size 7 --learning-rate 0.05 --epochs 300 "
      "--patience "
      "2 --out r");
  INFO(r.err);
  REQUIRE(r.code == 0);
  const std::vector<json> rows = here.metrics("r");
  std::map<int, double> validation;
  for (const json& row : rows)
    if (row["split"] == "validation") validation[row["epoch"].get<int>()] = row["elbo"].get<double>();
  const int last = validation.rbegin()->first;
  CHECK(last < 300);
  for (const auto& [epoch, elbo] : validation) CHECK((epoch == last - 2 || elbo < validation[last - 2]));
  CHECK(rows.back()["split"] == "test");
  CHECK(rows.back()["epoch"] == last - 2);
  CHECK(r.out.find("the best weights by the validation bound, of epoch " + std::to_string(last - 2)) !=
        std::string::npos);
  const json best = json::parse(here.run("eval r --checkpoint best --json --importance-samples 2").out);
  CHECK(best["elbo"].get<double>() == Approx(rows.back()["elbo"].get<double>()).epsilon(1e-6));
  REQUIRE(here.run("sample r --checkpoint best -o best.png").code == 0);
  CHECK(here.same("best.png", "r/samples.png"));

  const Result again = here.run("train --resume r");
  CHECK(again.err.find("r: the run was ended by --patience 2 after epoch " + std::to_string(last)) == 0);
  CHECK(here.bytes("r/report.html").find("By the weights after epoch " + std::to_string(last - 2) + ".") !=
        std::string::npos);

  // Without the best checkpoint there is a result all the same.
  std::filesystem::copy(here / "r", here / "copy", std::filesystem::copy_options::recursive);
  std::filesystem::remove(here / "copy/best.safetensors");
  put(here / "copy/metrics.jsonl", "");
  const Result without = here.run("train --resume copy --quiet");
  CHECK(without.code == 0);
  CHECK(without.err.find("; the result is that of the last weights") != std::string::npos);
  CHECK(here.metrics("copy").back()["epoch"] == last);
  CHECK(here.run("train --resume r --patience 0 --epochs " + std::to_string(last + 1) + " --quiet").code ==
        0);
  CHECK(here.metrics("r").back()["epoch"] == last + 1);
}

TEST_CASE("columns stay where they are when numbers get longer, and one thread is one", "[program]") {
  const WorkingDirectory here;
  const Result r = here.run("train --data images.npy --hidden 12 --threads 1 --epochs 10 --out r");
  const auto column = [&](const std::string& epoch) {
    const std::size_t begin = r.err.find("epoch " + epoch + "/10 ");
    REQUIRE(begin != std::string::npos);
    return r.err.find("validation", begin) - begin;
  };
  CHECK(column(" 9") == column("10"));
  CHECK(r.err.find("1 thread, ") != std::string::npos);
}

TEST_CASE("--profile stands before the first epoch in a pipe", "[program]") {
  const WorkingDirectory here;
  const Result r = here.shell("elbo train" + small_run.substr(0, small_run.find("--quiet")) +
                              " --epochs 1 --profile --out r 2>&1");
  CHECK(r.out.find("by operation") < r.out.find("epoch 1/1"));
}

TEST_CASE("a run's configuration is for another directory", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out r");
  REQUIRE(here.run("train --config r/config.json --quiet").code == 0);
  CHECK(here.same("runs/images-vae/last.safetensors", "r/last.safetensors"));
}

// Large enough that products, loops and the optimizer are shared among threads.
TEST_CASE("a run has the same bits on any number of threads, also if that changes when it is resumed",
          "[program]") {
  const WorkingDirectory here;
  const std::string command =
      "train --data shapes --limit-train 700 --limit-validation 300 --batch-size 100 "
      "--model autoregressive --levels 2 --hidden 300 --latent 20 --quiet ";
  const auto check_same = [&](const std::string& run) {
    INFO(run);
    for (const char* const file : {"last.safetensors", "samples.png", "reconstructions.png"})
      CHECK((here.bytes(run + "/" + file) == here.bytes(std::string("r1/") + file)));
  };
  const auto metrics_of = [&](const std::string& run) {
    std::string all;
    for (json row : here.metrics(run)) row.erase("images_per_s"), all += row.dump() + "\n";
    return all;
  };
  REQUIRE(here.run(command + "--epochs 2 --threads 1 --out r1").code == 0);
  for (const std::string threads : {"2", "3", "4"}) {
    REQUIRE(here.run(command + "--epochs 2 --threads " + threads + " --out r" + threads).code == 0);
    check_same("r" + threads);
    CHECK(metrics_of("r" + threads) == metrics_of("r1"));
  }
  REQUIRE(here.run(command + "--epochs 1 --threads 2 --out resumed").code == 0);
  REQUIRE(here.run("train --resume resumed --epochs 2 --threads 3 --quiet").code == 0);
  check_same("resumed");
  CHECK(here.run("eval r1 --threads 1 --limit 40 --json").out ==
        here.run("eval r1 --threads 3 --limit 40 --json").out);
}

TEST_CASE("a run of so much time ends with it, its schedule too, and goes on with more", "[program]") {
  const WorkingDirectory here;
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  const std::string train = "train --data images.npy --hidden 300 --latent 3 --batch-size 5 --out r ";
  REQUIRE(here.run(train + "--time 2s --schedule cosine").code == 0);
  CHECK(seconds() > 1);
  CHECK(seconds() < 20);  // on a busy machine
  const auto last_of_training = [&] {
    json last;
    for (const json& row : here.metrics("r"))
      if (row["split"] == "train") last = row;
    return last;
  };
  const json first = last_of_training();
  CHECK(first["epoch"] > 3);
  CHECK(first["learning_rate"] < 0.5e-3);  // 1e-3 at first
  CHECK(here.run("train --resume r --epochs 5").err.find("both say when training ends") != std::string::npos);
  CHECK(here.run("train --resume r").err.find("the run has ended, after epoch") != std::string::npos);
  CHECK(here.run("train --resume r --time 3s")
            .err.find("--time 3s contradicts the run, which has 2s, and its "
                      "cosine schedule") != std::string::npos);
  CHECK(here.run("train --config r/config.json --epochs 1 --quiet --out t").code == 0);

  // Without a schedule that ends there is no end that it went by.
  REQUIRE(here.run(train + "--force --quiet --time 1s").code == 0);
  const json before = last_of_training();
  CHECK(here.run("train --resume r").err.find("a longer --time trains on") != std::string::npos);
  REQUIRE(here.run("train --resume r --time 2s --quiet").code == 0);
  CHECK(last_of_training()["epoch"] > before["epoch"]);
  CHECK(here.run("train --data images.npy --epochs 3 --time 3s --out s").code == 2);
}
