// The options of a run: what is filled in, what is refused, and what may change on resuming.
#include "tools/config/resolve.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/config_file.h"
#include "tools/config/duration.h"

using namespace tools;

namespace {

Outcome refused(const std::map<std::string, std::string>& values) {
  return outcome([&] { resolved(config_of(values)); });
}

}  // namespace

TEST_CASE("what is left open is filled in", "[resolve]") {
  const Config plain = resolved({});
  CHECK(plain.levels == 1);
  CHECK(plain.binarize == "dynamic");
  CHECK(plain.threads >= 1);
  CHECK(plain.out == "runs/shapes-vae");
  CHECK(resolved(config_of({{"likelihood", "gaussian"}})).binarize == "none");
  CHECK(resolved(config_of({{"model", "autoregressive"}, {"latent", "20,10,5"}})).levels == 3);
  CHECK(resolved(config_of({{"model", "autoregressive"}, {"levels", "3"}})).latent ==
        std::vector<std::uint64_t>{20, 20, 20});
}

TEST_CASE("a prior has its own size, and no closed form is promised where it has none", "[resolve]") {
  CHECK(resolved({}).prior_size == 0);
  CHECK(resolved(config_of({{"prior", "flow"}})).prior_size == 4);
  CHECK(resolved(config_of({{"prior", "vamp"}, {"prior-size", "7"}, {"kl", "entropy"}})).prior_size == 7);
  for (const auto& [values, message] : std::map<std::map<std::string, std::string>, std::string>{
           {{{"prior", "normals"}}, "--prior 'normals' is not one of"},
           {{{"prior-size", "3"}}, "--prior-size means nothing under --prior standard"},
           {{{"prior", "made"}, {"kl", "analytic"}}, "--kl analytic has no closed form under --prior made"},
           {{{"prior", "vamp"}, {"gradient", "stl"}}, "--gradient stl holds the encoder constant"},
           {{{"prior", "flow"}, {"gradient", "gdreg"}}, "--gradient gdreg needs a normal p(z0)"},
           {{{"prior", "flow"}, {"prior-hidden", "0"}}, "--prior-hidden must be between 1 and"}}) {
    const Outcome o = refused(values);
    CHECK(o.code == exit_usage);
    CHECK(o.message.find(message) == 0);
  }
  // Another prior than the file's begins with its own size.
  const Config file = resolved(config_of({{"prior", "flow"}}));
  Config given = file;
  given.prior = "normal";
  drop_settings_of_file(given, file, {"prior"});
  CHECK(resolved(given).prior_size == 0);
  const Config hidden = config_of({{"prior-hidden", "5"}});
  CHECK(outcome([&] { check_applicable(resolved(hidden), hidden, {"prior-hidden"}); }).message ==
        "--prior-hidden means nothing under --prior standard, which has no network");
}

TEST_CASE("the run directory is named after the data", "[resolve]") {
  const auto out = [](const std::string& data) {
    return resolved(config_of({{"data", data}, {"model", "autoregressive"}})).out;
  };
  CHECK(out("fashion-mnist") == "runs/fashion-mnist-autoregressive");
  CHECK(out("some/where/digits.npy") == "runs/digits-autoregressive");
  CHECK(out("some/where/digits/") == "runs/digits-autoregressive");
  CHECK(out(".") == "runs/" + std::filesystem::current_path().filename().string() + "-autoregressive");
}

TEST_CASE("the path of data that are there is stored whole, and the name of a data set stays", "[resolve]") {
  const TemporaryDirectory here;
  put(here / "a.npy", "x");
  const std::string relative = std::filesystem::relative(here / "a.npy").string();
  REQUIRE(relative != (here / "a.npy").string());
  CHECK(resolved(config_of({{"data", relative}})).data == (here / "a.npy").string());
  CHECK(resolved(config_of({{"data", "absent.npy"}})).data == "absent.npy");
  CHECK(resolved({}).data == "shapes");
  const std::string directory = std::filesystem::relative(here.path).string();
  CHECK(resolved(config_of({{"data", "mnist"}, {"data-dir", directory}})).data_dir == here.path.string());
}

TEST_CASE("resolving twice changes nothing", "[resolve]") {
  const Config once = resolved(config_of(typed_for_run));
  CHECK(to_json(resolved(once)).dump() == to_json(once).dump());
}

TEST_CASE("the settings of an optimizer or schedule are filled in with its defaults, and others are dropped",
          "[resolve]") {
  const auto text = [](const std::map<std::string, std::string>& values, const std::string& option) {
    Config c = resolved(config_of(values));
    for (const Option& o : options(c))
      if (o.name == option) return to_text(o);
    return std::string("no such option");
  };
  CHECK(text({}, "beta2") == "0.999");
  CHECK(text({}, "momentum") == "");
  CHECK(text({{"beta2", "0.5"}}, "beta2") == "0.5");
  CHECK(text({{"optimizer", "sgd"}}, "momentum") == "0.0");
  CHECK(text({{"optimizer", "nesterov"}}, "momentum") == "0.9");
  CHECK(text({{"optimizer", "rmsprop"}}, "beta2") == "0.99");
  CHECK(text({{"optimizer", "adagrad"}}, "epsilon") == "1e-10");
  CHECK(text({{"optimizer", "adamw"}}, "weight-decay") == "0.01");
  CHECK(text({{"optimizer", "adamw"}, {"momentum", "0.5"}}, "momentum") == "");
  CHECK(text({{"schedule", "step"}}, "decay-every") == "30.0");
  CHECK(text({{"schedule", "cosine"}, {"decay", "0.5"}}, "decay") == "");
}

TEST_CASE("an option is refused where it means nothing, if it was typed", "[resolve]") {
  const auto typed_under = [](const std::string& option, std::map<std::string, std::string> values) {
    if (option != "levels") values[option] = "0.5";
    const Config given = config_of(values);
    return outcome([&] { check_applicable(resolved(given), given, {option}); });
  };
  CHECK(typed_under("momentum", {}).code == exit_usage);
  CHECK(typed_under("momentum", {}).message ==
        "--momentum means nothing under --optimizer adam and --schedule constant");
  CHECK(typed_under("beta1", {{"optimizer", "rmsprop"}}).code == exit_usage);
  CHECK(typed_under("epsilon", {{"optimizer", "sgd"}}).code == exit_usage);
  CHECK(typed_under("decay-every", {{"schedule", "burda"}}).code == exit_usage);
  CHECK(typed_under("levels", {}).code == exit_usage);
  CHECK(typed_under("momentum", {{"optimizer", "sgd"}}).code == 0);
  CHECK(typed_under("decay", {{"schedule", "exponential"}}).code == 0);
}

TEST_CASE("another optimizer or schedule than the file's begins with its own defaults", "[resolve]") {
  const Config file = resolved(config_of({{"optimizer", "adam"}, {"schedule", "step"}, {"beta1", "0.5"}}));
  Config given = file;
  drop_settings_of_file(given, file, {});
  CHECK(to_json(given) == to_json(file));
  given.optimizer = "adamw", given.schedule = "exponential", given.schedule_settings.decay = 0.7;
  drop_settings_of_file(given, file, {"optimizer", "schedule", "decay"});
  CHECK_FALSE(given.optimizer_settings.beta1);
  const Config whole = resolved(given);
  CHECK(*whole.optimizer_settings.weight_decay == 0.01);
  CHECK(*whole.schedule_settings.decay == 0.7);
}

TEST_CASE("a size, classes, labels, sigma or alpha of the file's choice do not go over to another choice",
          "[resolve]") {
  struct Row {
    std::string choice, other, setting;
    std::map<std::string, std::string> file;
  };
  for (const auto& [choice, other, setting, of_file] : std::vector<Row>{
           {"prior", "normal", "prior-size", {{"prior", "flow"}, {"prior-size", "3"}}},
           {"posterior", "flow", "posterior-size", {{"posterior", "mixture"}, {"posterior-size", "3"}}},
           {"model", "vae", "classes", {{"model", "classes"}, {"classes", "3"}}},
           {"data", "mnist", "classes", {{"model", "classes"}, {"classes", "3"}}},
           {"model", "vae", "labelled", {{"model", "classes"}, {"labelled", "5"}}},
           {"likelihood", "bernoulli", "sigma", {{"likelihood", "gaussian"}, {"sigma", "0.1"}}},
           {"decoder", "independent", "pixelcnn-layers", {{"decoder", "pixelcnn"}, {"pixelcnn-layers", "4"}}},
           {"decoder",
            "independent",
            "pixelcnn-channels",
            {{"decoder", "pixelcnn"}, {"pixelcnn-channels", "4"}}},
           {"bound", "elbo", "renyi-alpha", {{"bound", "renyi"}, {"renyi-alpha", "0.3"}}}}) {
    INFO("--" << choice << " " << other << " and --" << setting);
    const Config file = config_of(of_file);
    std::map<std::string, std::string> values = of_file;
    values[choice] = other;
    Config given = config_of(values);
    drop_settings_of_file(given, file, {choice, setting});  // typed as well
    CHECK(to_json(given) == to_json(config_of(values)));
    drop_settings_of_file(given, file, {choice});
    values.erase(setting);
    CHECK(to_json(given) == to_json(config_of(values)));
  }
}

TEST_CASE("numbers that single precision rounds to their limits are refused", "[resolve]") {
  CHECK(outcome([] { resolved(config_of({{"beta2", "0.99999999"}})); }).code == exit_usage);
  CHECK(outcome([] { resolved(config_of({{"epsilon", "1e-50"}})); }).code == exit_usage);
  CHECK(outcome([] { resolved(config_of({{"beta2", "0.999999"}})); }).code == 0);
}

TEST_CASE("values that mean nothing are usage errors", "[resolve]") {
  const std::vector<std::map<std::string, std::string>> wrong = {
      {{"model", "gan"}},
      {{"levels", "3"}},
      {{"latent", "20,10"}},
      {{"model", "autoregressive"}, {"levels", "3"}, {"latent", "20,20"}},
      {{"latent", "0"}},
      {{"hidden", "0"}},
      {{"hidden", "100001"}},
      {{"activation", "sin"}},
      {{"likelihood", "cauchy"}},
      {{"binarize", "none"}},
      {{"binarize", "maybe"}},
      {{"kl", "reverse"}},
      {{"optimizer", "lbfgs"}},
      {{"learning-rate", "0"}},
      {{"optimizer", "sgd"}, {"momentum", "1"}},
      {{"beta1", "1"}},
      {{"beta2", "-0.1"}},
      {{"epsilon", "0"}},
      {{"weight-decay", "-1"}},
      {{"schedule", "slow"}},
      {{"schedule", "step"}, {"decay", "0"}},
      {{"schedule", "exponential"}, {"decay-every", "nan"}},
      {{"clip-norm", "-1"}},
      {{"clip-value", "inf"}},
      {{"skip-outliers", "1"}},
      {{"skip-outliers", "nan"}},
      {{"ema", "1"}},
      {{"learning-rate", "-1"}},
      {{"learning-rate", "nan"}},
      {{"learning-rate", "inf"}},
      {{"batch-size", "0"}},
      {{"samples", "0"}},
      {{"epochs", "0"}},
      {{"epochs", "4294967296"}},
      {{"seed", "72057594037927936"}},
      {{"split-seed", "72057594037927936"}},
      {{"black", "nan"}},
      {{"white", "inf"}},
      {{"black", "1"}, {"white", "1"}},
      {{"data", ""}},
      {{"threads", "2000"}},
      {{"out", "\xff"}}};
  for (const auto& values : wrong) {
    const Outcome o = refused(values);
    INFO(values.begin()->first << " " << values.begin()->second << ": " << o.message);
    CHECK(o.code == exit_usage);
    CHECK(o.message.find("--") == 0);
    CHECK(o.message.find('\n') == std::string::npos);
  }
}

TEST_CASE("objectives that contradict themselves are refused, with the reason", "[resolve]") {
  using Values = std::map<std::string, std::string>;
  const std::vector<std::pair<Values, std::string>> wrong = {
      {{{"importance-samples", "5"}}, "--importance-samples means nothing under --bound elbo"},
      {{{"bound", "iwae"}, {"importance-samples", "5"}, {"samples", "2"}},
       "--samples means nothing under --bound iwae"},
      {{{"bound", "iwae"}}, "--bound iwae with one sample is the ELBO"},
      {{{"bound", "renyi"}, {"importance-samples", "1"}}, "--bound renyi with one sample is the ELBO"},
      {{{"bound", "iwae"}, {"importance-samples", "1000001"}}, "--importance-samples is at most"},
      {{{"renyi-alpha", "0.5"}}, "--renyi-alpha means nothing under --bound elbo"},
      {{{"bound", "renyi"}, {"importance-samples", "5"}, {"renyi-alpha", "1e39"}},
       "--renyi-alpha must be finite"},
      {{{"bound", "iwae"}, {"importance-samples", "5"}, {"gradient", "stl"}},
       "--gradient stl is biased under --bound iwae; --gradient dreg is not"},
      {{{"gradient", "dreg"}}, "--gradient dreg under --bound elbo is --gradient stl"},
      {{{"bound", "iwae"}, {"importance-samples", "5"}, {"gradient", "score"}},
       "--gradient score is of the ELBO"},
      {{{"gradient", "vimco"}}, "--gradient vimco is of --bound iwae"},
      {{{"bound", "renyi"}, {"importance-samples", "5"}, {"gradient", "vimco"}},
       "--gradient vimco is of --bound iwae"},
      {{{"beta", "-1"}}, "--beta must be"},
      {{{"beta", "1e39"}}, "--beta must be"},
      {{{"free-bits", "nan"}}, "--free-bits must be"},
      {{{"warm-up", "4294967296"}}, "--warm-up is at most"},
      {{{"beta", "2"}, {"gradient", "stl"}}, "--beta, --warm-up and --free-bits are of --bound elbo and"},
      {{{"warm-up", "2"}, {"bound", "iwae"}, {"importance-samples", "5"}},
       "--beta, --warm-up and --free-bits are of"},
      {{{"free-bits", "2"}, {"gradient", "score"}}, "--beta, --warm-up and --free-bits are of"},
      {{{"bound", "tight"}}, "--bound 'tight' is not one of elbo, iwae, renyi"},
      {{{"gradient", "steep"}}, "--gradient 'steep' is not one of pathwise, stl, dreg, gdreg, score, vimco"}};
  for (const auto& [values, message] : wrong) {
    const Outcome o = refused(values);
    INFO(o.message);
    CHECK(o.code == exit_usage);
    CHECK(o.message.find(message) == 0);
    CHECK(o.message.find('\n') == std::string::npos);
  }
  CHECK(*resolved(config_of({{"bound", "renyi"}, {"importance-samples", "5"}})).renyi_alpha == 0.5);
  CHECK_FALSE(resolved({}).renyi_alpha);
}

TEST_CASE("a run whose schedule ends with its epochs keeps them", "[resolve]") {
  for (const nn::Schedule& schedule : nn::schedules()) {
    const Config stored = resolved(config_of({{"schedule", schedule.name}}));
    const Outcome o = outcome([&] { resumed(stored, config_of({{"epochs", "40"}}), {"epochs"}); });
    INFO(schedule.name << ": " << o.message);
    CHECK(o.code == (schedule.has_horizon ? exit_usage : 0));
    CHECK(schedule.has_horizon == (o.message.find("--epochs 40 contradicts the run, which has 20") == 0));
    CHECK(outcome([&] { resumed(stored, config_of({{"epochs", "20"}}), {"epochs"}); }).code == 0);
  }
}

TEST_CASE("a time is a number and a unit", "[resolve]") {
  CHECK(duration("time", "90s") == 90);
  CHECK(duration("time", "1.5m") == 90);
  CHECK(duration("time", ".5h") == 1800);
  for (const std::string wrong : {"", "h", "3", "0s", "-1m", "3 h", "3hh", "1e3s", "3d", "infs", "1.2.3s"}) {
    const Outcome o = outcome([&] { duration("time", wrong); });
    INFO(wrong);
    CHECK(o.code == exit_usage);
    CHECK(o.message == "--time " + wrong + " is no time such as 90s, 30m or 2.5h");
  }
  CHECK(refused({{"time", "99999h"}}).message == "--time 99999h is more than three years");
  CHECK(refused({{"time", "soon"}}).message.find("--time soon is no time") == 0);
}

TEST_CASE("a run goes by epochs or by time, and stays with that", "[resolve]") {
  const Config by_time = resolved(config_of({{"time", "3h"}, {"schedule", "cosine"}})),
               by_epochs = resolved({});
  CHECK(by_time.epochs == 4294967295);
  CHECK(outcome([&] {
          resumed(by_time, config_of({{"time", "4h"}}), {"time"});
        }).message ==
        "--time 4h contradicts the run, which has 3h, and its cosine schedule went by that from the start");
  const Config constant = resolved(config_of({{"time", "3h"}}));
  CHECK(resumed(constant, config_of({{"time", "4h"}}), {"time"}).time == "4h");
  Config from_file = by_time;
  drop_settings_of_file(from_file, by_time, {"epochs"});
  CHECK(from_file.time.empty());
  CHECK(outcome([&] {
          resumed(by_epochs, config_of({{"time", "4h"}}), {"time"});
        }).message == "--time contradicts the run, which goes by --epochs");
  CHECK(outcome([&] {
          resumed(by_time, config_of({{"time", ""}}), {"time"});
        }).message == "--epochs contradicts the run, which goes by --time");
  const Config both = config_of({{"time", "3h"}, {"epochs", "5"}});
  CHECK(outcome([&] { check_applicable(resolved(both), both, {"time", "epochs"}); }).code == exit_usage);
  CHECK(outcome([&] { check_applicable(resolved(both), both, {"time"}); }).code == 0);
}

TEST_CASE("a run continues with more epochs and nothing else changed", "[resolve]") {
  const Config stored = resolved(config_of(typed_for_run));
  CHECK(resumed(stored, config_of({{"epochs", "9"}}), {"epochs"}).epochs == 9);
  CHECK(resumed(stored, {}, {}).epochs == 4);

  // Options of the run may be typed again, also in short.
  CHECK(to_json(resumed(stored, config_of(typed_for_run), {"model", "latent", "hidden", "kl", "seed"}))
            .dump() == to_json(stored).dump());
  const Config same = resolved(config_of({{"model", "autoregressive"}, {"levels", "3"}}));
  CHECK(to_json(resumed(same, {}, {"latent"})).dump() == to_json(same).dump());

  const Outcome o = outcome([&] { resumed(stored, config_of({{"hidden", "40"}}), {"hidden"}); });
  CHECK(o.code == exit_usage);
  CHECK(o.message ==
        "--hidden 40 contradicts the run, which has 30,20; only --epochs, --time, --patience and --threads "
        "may change when resuming");
}

TEST_CASE("nothing but paths and epochs may change in a run", "[resolve]") {
  const Config stored = resolved(config_of(typed_for_run));
  const std::map<std::string, std::string> other = {{"model", "vae"},
                                                    {"levels", "3"},
                                                    {"latent", "7,6"},
                                                    {"hidden", "30"},
                                                    {"activation", "tanh"},
                                                    {"samples", "2"},
                                                    {"bound", "iwae"},
                                                    {"gradient", "pathwise"},
                                                    {"importance-samples", "9"},
                                                    {"renyi-alpha", "0.75"},
                                                    {"beta", "3"},
                                                    {"warm-up", "8"},
                                                    {"free-bits", "1"},
                                                    {"likelihood", "bernoulli"},
                                                    {"kl", "analytic"},
                                                    {"optimizer", "adam"},
                                                    {"learning-rate", "0.5"},
                                                    {"batch-size", "18"},
                                                    {"binarize", "static"},
                                                    {"seed", "1"},
                                                    {"threads", "2"},
                                                    {"limit-train", "0"},
                                                    {"limit-validation", "0"},
                                                    {"split-seed", "0"},
                                                    {"black", "-2"},
                                                    {"white", "3"},
                                                    {"momentum", "0.6"},
                                                    {"weight-decay", "0.6"},
                                                    {"schedule", "constant"},
                                                    {"decay", "0.6"},
                                                    {"decay-every", "2"},
                                                    {"warmup", "11"},
                                                    {"clip-norm", "3"},
                                                    {"clip-value", "4"},
                                                    {"skip-outliers", "5"},
                                                    {"ema", "0.6"}};
  Config given = config_of(other);
  for (const Option& option : options(given)) {
    INFO(option.name);
    if (!other.count(option.name) && option.on_resume == OnResume::must_match)
      continue;  // sgd has no such setting: check_applicable refuses it
    const int code = outcome([&] { resumed(stored, given, {option.name}); }).code;
    CHECK(code == (option.on_resume == OnResume::must_match ? exit_usage : 0));
  }
}

TEST_CASE("numbers that single precision makes 0 or infinite are refused", "[resolve]") {
  for (const auto& [option, text] :
       std::vector<std::pair<std::string, std::string>>{{"learning-rate", "1e39"},
                                                        {"learning-rate", "1e-60"},
                                                        {"epsilon", "1e39"},
                                                        {"epsilon", "1e-60"},
                                                        {"weight-decay", "1e39"},
                                                        {"clip-norm", "1e39"},
                                                        {"clip-value", "1e-60"},
                                                        {"clip-value", "1e39"}}) {
    INFO(option << " " << text);
    const Outcome o = refused({{option, text}});
    CHECK(o.code == exit_usage);
    CHECK(o.message.find("--" + option + " must be ") == 0);
  }
  CHECK(refused({{"clip-value", "0"}, {"epsilon", "1e38"}, {"weight-decay", "1e-30"}}).code == 0);
}

TEST_CASE("no data, and more layers than there are keys for, are refused", "[resolve]") {
  CHECK(refused({{"data", ""}}).code == exit_usage);
  std::string sizes = "2";
  for (int i = 1; i < 200; ++i) sizes += ",2";
  CHECK(refused({{"hidden", sizes}}).code == 0);
  CHECK(refused({{"hidden", sizes + ",2"}}).message == "--hidden has at most 200 sizes");
}

TEST_CASE("what is wrong with a configuration file names it, and what was typed over it does not",
          "[resolve]") {
  const Config file = config_of({{"latent", "20,10"}});
  Config given = file;
  given.model = "autoregressive";
  CHECK(outcome([&] { resolved_over(given, file, "FILE"); }).code == 0);
  const Outcome of_file = outcome([&] { resolved_over(file, file, "FILE"); });
  CHECK(of_file.code == exit_bad_data);
  CHECK(of_file.message.find("FILE: --latent makes 2 levels") == 0);
  given.epochs = 0;
  CHECK(outcome([&] { resolved_over(given, file, "FILE"); }).message == "--epochs must be above 0");
}
