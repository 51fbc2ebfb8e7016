// Options in JSON: config.json, and the part of them in a checkpoint.
#include "tools/config/config_file.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/catch.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/resolve.h"

using namespace tools;

TEST_CASE("every option survives JSON", "[config_file]") {
  Config config = config_of(typed), read;
  read_json(read, nlohmann::json::parse(to_json(config).dump()), "file");
  const std::vector<Option> written = options(config), back = options(read);
  for (std::size_t i = 0; i < back.size(); ++i) {
    INFO(back[i].name);
    CHECK(to_text(back[i]) == to_text(written[i]));
  }
}

TEST_CASE("a learning rate survives JSON to its last bit", "[config_file]") {
  Config config, read;
  config.learning_rate = 0.1 + 0.2;
  read_json(read, nlohmann::json::parse(to_json(config).dump()), "file");
  CHECK(read.learning_rate == config.learning_rate);
}

TEST_CASE("JSON that is no configuration is refused with the file and the option", "[config_file]") {
  const auto read = [](const std::string& text) {
    return outcome([&] {
      Config config;
      read_json(config, nlohmann::json::parse(text), "FILE");
    });
  };
  CHECK(read(R"({"epochs": 3})").code == 0);
  CHECK(read(R"({"latent": 3})").code == 0);  // a number is a list of one
  for (const std::string text : {R"({"epoch": 3})", R"({"epochs": "3"})", R"({"epochs": -3})",
                                 R"({"epochs": 1.5})", R"({"latent": "3"})", R"({"latent": [3, "x"]})",
                                 R"({"model": 1})", R"({"learning-rate": "x"})", "[1]", "3"}) {
    const Outcome o = read(text);
    INFO(text);
    CHECK(o.code == exit_bad_data);
    CHECK(o.message.find("FILE: ") == 0);
  }
  CHECK(read(R"({"epoch": 3})").message == "FILE: there is no option 'epoch'; did you mean epochs?");
}

TEST_CASE("a checkpoint holds no paths, and no number of epochs unless the schedule depends on it",
          "[config_file]") {
  Config a = resolved({}), b = a;
  b.data = "x", b.data_dir = "y", b.out = "z", b.epochs = 99;
  CHECK(checkpoint_options(a).dump() == checkpoint_options(b).dump());
  a.schedule = b.schedule = "cosine";
  CHECK(checkpoint_options(a).dump() != checkpoint_options(b).dump());
  b.epochs = a.epochs;
  CHECK(checkpoint_options(a).dump() == checkpoint_options(b).dump());
  b.seed = 2;
  CHECK(checkpoint_options(a).dump() != checkpoint_options(b).dump());
}

TEST_CASE("a configuration file that is none is refused with its name", "[config_file]") {
  const TemporaryDirectory here;
  put(here / "broken.json", "{");
  put(here / "wrong.json", R"({"model": "gan"})");
  CHECK(outcome([&] { read_config((here / "absent.json").string()); }).code == exit_no_input);
  CHECK(outcome([&] { read_config(here.path.string()); }).code == exit_no_input);
  CHECK(outcome([&] { read_config((here / "broken.json").string()); }).code == exit_bad_data);
  CHECK(outcome([&] { read_config("/dev/zero"); }).code == exit_no_input);
  REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
  CHECK(outcome([&] { read_config((here / "pipe").string()); }).code == exit_no_input);
  const Outcome o = outcome([&] { read_config_of_run((here / "wrong.json").string()); });
  CHECK(o.code == exit_bad_data);
  CHECK(o.message.find("wrong.json: --model 'gan'") != std::string::npos);
}

TEST_CASE("a configuration file is one JSON object within limits, and faults name the file",
          "[config_file]") {
  const TemporaryDirectory here;
  const std::string file = here / "c.json";
  const auto refusal = [&](const std::string& text) {
    put(file, text);
    const Outcome o = outcome([&] { read_config(file); });
    CHECK(o.code == (o.message.empty() ? 0 : exit_bad_data));
    return o.message.empty() ? "" : o.message.substr(file.size());
  };
  CHECK(refusal("{\"seed\":1}\n") == "");
  CHECK(refusal(std::string("{\"seed\":1}\0", 11)) == ": is not valid JSON");
  CHECK(refusal("{\"seed\":1,\"seed\":2}") == ": has the key 'seed' twice");
  const std::string brackets(120'000, '[');
  CHECK(refusal("{\"latent\":" + brackets + std::string(120'000, ']') + "}") ==
        ": is nested more than 32 deep");
  CHECK(refusal("{\"latent\":\"" + std::string(500'000, '\x01') + "\"}").size() < 200);
  CHECK(refusal("{\"a\\nb\\u001b[2J" + std::string(5000, 'x') + "\":1}")
            .find(": there is no option 'a\\nb\\x1b[2Jxx") == 0);
  CHECK(refusal("{\"data\":\"" + std::string(1'000'000, 'x') + "\"}").find(": has 1000011 bytes, ") == 0);
}
