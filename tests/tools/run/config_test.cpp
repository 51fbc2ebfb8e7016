// The options of a run: what is filled in, what is refused, and that each survives config.json.
#include "tools/run/config.h"

#include <map>
#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/temporary_directory.h"

using namespace tools;

namespace {

// A value other than the default for every option, as it is typed.
const std::map<std::string, std::string> typed = {
    {"model", "autoregressive"},
    {"levels", "2"},
    {"latent", "7,5"},
    {"hidden", "30,20"},
    {"activation", "relu"},
    {"likelihood", "gaussian"},
    {"data", "fashion-mnist"},
    {"data-dir", "dir"},
    {"binarize", "none"},
    {"limit-train", "500"},
    {"samples", "3"},
    {"kl", "monte-carlo"},
    {"optimizer", "sgd"},
    {"learning-rate", "0.25"},
    {"momentum", "0.5"},
    {"beta1", "0.25"},
    {"beta2", "0.75"},
    {"epsilon", "0.125"},
    {"weight-decay", "0.5"},
    {"schedule", "step"},
    {"decay", "0.5"},
    {"decay-every", "2.5"},
    {"warmup", "10"},
    {"clip-norm", "3.5"},
    {"clip-value", "4.5"},
    {"skip-outliers", "5.5"},
    {"ema", "0.5"},
    {"batch-size", "17"},
    {"epochs", "4"},
    {"seed", "9"},
    {"threads", "1"},
    {"out", "elsewhere"},
};

Config config_of(const std::map<std::string, std::string>& values) {
  Config config;
  for (const Option& option : options(config))
    if (values.count(option.name)) read_text(option, values.at(option.name));
  return config;
}

Outcome refused(const std::map<std::string, std::string>& values) {
  return outcome([&] { resolved(config_of(values)); });
}

}  // namespace

TEST_CASE("every option is read from text, and written as it was typed", "[config]") {
  Config defaults, config = config_of(typed);
  const std::vector<Option> before = options(defaults), after = options(config);
  REQUIRE(after.size() == typed.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    INFO(after[i].name);
    CHECK(to_text(after[i]) == typed.at(after[i].name));
    CHECK(to_text(after[i]) != to_text(before[i]));
  }
}

TEST_CASE("every option survives JSON", "[config]") {
  Config config = config_of(typed), read;
  read_json(read, nlohmann::json::parse(to_json(config).dump()), "file");
  const std::vector<Option> written = options(config), back = options(read);
  for (std::size_t i = 0; i < back.size(); ++i) {
    INFO(back[i].name);
    CHECK(to_text(back[i]) == to_text(written[i]));
  }
}

TEST_CASE("a learning rate survives JSON to its last bit", "[config]") {
  Config config, read;
  config.learning_rate = 0.1 + 0.2;
  read_json(read, nlohmann::json::parse(to_json(config).dump()), "file");
  CHECK(read.learning_rate == config.learning_rate);
}

TEST_CASE("JSON that is no configuration is refused with the file and the option", "[config]") {
  const auto read = [](const std::string& text) {
    return outcome([&] {
      Config config;
      read_json(config, nlohmann::json::parse(text), "FILE");
    });
  };
  CHECK(read(R"({"epochs": 3})").code == 0);
  for (const std::string text : {R"({"epoch": 3})", R"({"epochs": "3"})", R"({"epochs": -3})",
                                 R"({"epochs": 1.5})", R"({"latent": 3})", R"({"latent": [3, "x"]})",
                                 R"({"model": 1})", R"({"learning-rate": "x"})", "[1]", "3"}) {
    const Outcome o = read(text);
    INFO(text);
    CHECK(o.code == exit_bad_data);
    CHECK(o.message.find("FILE: ") == 0);
  }
  CHECK(read(R"({"epoch": 3})").message == "FILE: there is no option 'epoch'");
}

TEST_CASE("text that is not of the option's type is refused with the option", "[config]") {
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"epochs", "-1"},
                                                        {"epochs", "1.5"},
                                                        {"epochs", "1e3"},
                                                        {"epochs", ""},
                                                        {"epochs", "3 "},
                                                        {"epochs", "18446744073709551616"},
                                                        {"hidden", "20,"},
                                                        {"hidden", ",20"},
                                                        {"hidden", "20,,5"},
                                                        {"hidden", "20,-5"},
                                                        {"learning-rate", "1e-3x"},
                                                        {"learning-rate", ""}}) {
    INFO(name << " " << text);
    const Outcome o = refused({{name, text}});
    CHECK(o.code == exit_usage);
    CHECK(o.message.find("--" + name + ": '" + text + "' is not ") == 0);
  }
  CHECK(config_of({{"epochs", "010"}}).epochs == 10);
}

TEST_CASE("what is left open is filled in", "[config]") {
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

TEST_CASE("the run directory is named after the data", "[config]") {
  const auto out = [](const std::string& data) {
    return resolved(config_of({{"data", data}, {"model", "autoregressive"}})).out;
  };
  CHECK(out("fashion-mnist") == "runs/fashion-mnist-autoregressive");
  CHECK(out("some/where/digits.npy") == "runs/digits-autoregressive");
  CHECK(out("some/where/digits/") == "runs/digits-autoregressive");
  CHECK(out(".") == "runs/" + std::filesystem::current_path().filename().string() + "-autoregressive");
}

TEST_CASE("resolving twice changes nothing", "[config]") {
  const Config once = resolved(config_of(typed));
  CHECK(to_json(resolved(once)).dump() == to_json(once).dump());
}

TEST_CASE("what an optimizer or a schedule has is filled in with its own, and what it has not is dropped",
          "[config]") {
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

TEST_CASE("an option is refused where it means nothing, if it was typed", "[config]") {
  const auto typed_under = [](const std::string& option, std::map<std::string, std::string> values) {
    if (option != "levels") values[option] = "0.5";
    const Config given = config_of(values);
    return outcome([&] { check_used(resolved(given), given, {option}); });
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

TEST_CASE("another optimizer or schedule than the file's begins with settings of its own", "[config]") {
  const Config file = resolved(config_of({{"optimizer", "adam"}, {"schedule", "step"}, {"beta1", "0.5"}}));
  Config given = file;
  forget_settings(given, file, {});
  CHECK(to_json(given) == to_json(file));
  given.optimizer = "adamw", given.schedule = "exponential", given.schedule_settings.decay = 0.7;
  forget_settings(given, file, {"optimizer", "schedule", "decay"});
  CHECK_FALSE(given.optimizer_settings.beta1);
  const Config whole = resolved(given);
  CHECK(*whole.optimizer_settings.weight_decay == 0.01);
  CHECK(*whole.schedule_settings.decay == 0.7);
}

TEST_CASE("numbers that single precision rounds to their limits are refused", "[config]") {
  CHECK(outcome([] { resolved(config_of({{"beta2", "0.99999999"}})); }).code == exit_usage);
  CHECK(outcome([] { resolved(config_of({{"epsilon", "1e-50"}})); }).code == exit_usage);
  CHECK(outcome([] { resolved(config_of({{"beta2", "0.999999"}})); }).code == 0);
}

TEST_CASE("the help of an option names all that it may be", "[config]") {
  Config c;
  for (const Option& option : options(c)) {
    INFO(option.name);
    const auto names = [&](const std::string& name) {
      return std::string(option.help).find(name) != std::string::npos;
    };
    if (option.name == std::string("optimizer"))
      for (const nn::OptimizerKind& kind : nn::optimizers()) CHECK(names(kind.name));
    if (option.name == std::string("schedule"))
      for (const nn::Schedule& schedule : nn::schedules()) CHECK(names(schedule.name));
  }
}

TEST_CASE("values that mean nothing are usage errors", "[config]") {
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

TEST_CASE("a model larger than the machine is refused before it is allocated", "[config]") {
  const Outcome o = outcome([] { check_memory(config_of({{"hidden", "100000,100000,100000"}}), 784); });
  CHECK(o.code == exit_usage);
  CHECK(o.message.find("GB") != std::string::npos);
  CHECK(outcome([] { check_memory({}, 784); }).code == 0);
  // weights and gradients; and for each optimizer what it keeps
  const auto gigabytes = [](const char* optimizer) {
    const Config c = config_of({{"hidden", "100000,100000,100000"}, {"optimizer", optimizer}});
    const std::string message = outcome([&] { check_memory(c, 784); }).message;
    return std::stod(message.substr(message.find("about ") + 6));
  };
  CHECK(gigabytes("adam") / gigabytes("adagrad") == Approx(4 / 3.0).epsilon(0.01));
  CHECK(gigabytes("rmsprop-centred") / gigabytes("adagrad") == Approx(5 / 3.0).epsilon(0.01));
}

TEST_CASE("the essence has no paths, and no length unless the schedule goes by it", "[config]") {
  Config a = resolved({}), b = a;
  b.data = "x", b.data_dir = "y", b.out = "z", b.epochs = 99;
  CHECK(essence(a).dump() == essence(b).dump());
  a.schedule = b.schedule = "cosine";
  CHECK(essence(a).dump() != essence(b).dump());
  b.epochs = a.epochs;
  CHECK(essence(a).dump() == essence(b).dump());
  b.seed = 2;
  CHECK(essence(a).dump() != essence(b).dump());
}

TEST_CASE("a run whose schedule ends with its epochs keeps them", "[config]") {
  for (const nn::Schedule& schedule : nn::schedules()) {
    const Config stored = resolved(config_of({{"schedule", schedule.name}}));
    const Outcome o = outcome([&] { continued(stored, config_of({{"epochs", "40"}}), {"epochs"}); });
    INFO(schedule.name << ": " << o.message);
    CHECK(o.code == (schedule.has_horizon ? exit_usage : 0));
    CHECK(schedule.has_horizon == (o.message.find("--epochs 40 contradicts the run, which has 20") == 0));
    CHECK(outcome([&] { continued(stored, config_of({{"epochs", "20"}}), {"epochs"}); }).code == 0);
  }
}

TEST_CASE("a run continues with more epochs and nothing else changed", "[config]") {
  const Config stored = resolved(config_of(typed));
  CHECK(continued(stored, config_of({{"epochs", "9"}}), {"epochs"}).epochs == 9);
  CHECK(continued(stored, {}, {}).epochs == 4);

  // What is repeated may be repeated, also in short.
  CHECK(to_json(continued(stored, config_of(typed), {"model", "latent", "hidden", "kl", "seed"})).dump() ==
        to_json(stored).dump());
  const Config same = resolved(config_of({{"model", "autoregressive"}, {"levels", "3"}}));
  CHECK(to_json(continued(same, {}, {"latent"})).dump() == to_json(same).dump());

  const Outcome o = outcome([&] { continued(stored, config_of({{"hidden", "40"}}), {"hidden"}); });
  CHECK(o.code == exit_usage);
  CHECK(o.message ==
        "--hidden 40 contradicts the run, which has 30,20; only --epochs may change when resuming");
}

TEST_CASE("nothing but paths and epochs may change in a run", "[config]") {
  const Config stored = resolved(config_of(typed));
  const std::map<std::string, std::string> other = {{"model", "vae"},
                                                    {"levels", "3"},
                                                    {"latent", "7,6"},
                                                    {"hidden", "30"},
                                                    {"activation", "tanh"},
                                                    {"samples", "1"},
                                                    {"likelihood", "bernoulli"},
                                                    {"kl", "analytic"},
                                                    {"optimizer", "adam"},
                                                    {"learning-rate", "0.5"},
                                                    {"batch-size", "18"},
                                                    {"binarize", "static"},
                                                    {"seed", "1"},
                                                    {"threads", "2"},
                                                    {"limit-train", "0"},
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
    if (!other.count(option.name) && option.on == On::always)
      continue;  // sgd has no such thing: refused by check_used
    const int code = outcome([&] { continued(stored, given, {option.name}); }).code;
    CHECK(code == (option.on == On::always ? exit_usage : 0));
  }
}

TEST_CASE("a configuration file that is none is refused with its name", "[config]") {
  const TemporaryDirectory here;
  put(here / "broken.json", "{");
  put(here / "wrong.json", R"({"model": "gan"})");
  CHECK(outcome([&] { read_config((here / "absent.json").string()); }).code == exit_no_input);
  CHECK(outcome([&] { read_config(here.path.string()); }).code == exit_no_input);
  CHECK(outcome([&] { read_config((here / "broken.json").string()); }).code == exit_bad_data);
  const Outcome o = outcome([&] { stored_config((here / "wrong.json").string()); });
  CHECK(o.code == exit_bad_data);
  CHECK(o.message.find("wrong.json: --model 'gan'") != std::string::npos);
}
