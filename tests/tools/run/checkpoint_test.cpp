// Checkpoints: what is saved is loaded, and a file of another run is refused with the reason.
#include "tools/run/checkpoint.h"

#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/files/safetensors.h"

using namespace tools;

namespace {

// An experiment after one epoch.
struct Trained {
  explicit Trained(const Config& config) : experiment(config) {
    train_epoch(experiment, progress, [](const UpdateResult&) { return true; });
  }
  Experiment experiment;
  Progress progress;
};

}  // namespace

TEST_CASE("checkpoint: what is saved is loaded, to the last bit", "[checkpoint]") {
  const SmallData data;
  const Config config = data.config({{"ema", "0.9"}, {"skip-outliers", "2"}});
  Trained trained(config);
  trained.progress.best_elbo = 0.1 + 0.2, trained.progress.best_epoch = 3;
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  put(data / "c", bytes);
  Experiment fresh(config);
  CHECK(weights_of(fresh) != weights_of(trained.experiment));
  const Progress loaded = load_checkpoint(data / "c", fresh);
  CHECK(weights_of(fresh) == weights_of(trained.experiment));
  CHECK(loaded.best_elbo == 0.1 + 0.2);
  CHECK(loaded.batch == 6);
  CHECK((checkpoint_bytes(fresh, loaded) == bytes));
}

TEST_CASE("checkpoint: another run, and tensors that do not fit, are refused", "[checkpoint]") {
  const SmallData data;
  Trained trained(data.config());
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  const auto refusal = [&](const std::string& content,
                           const std::map<std::string, std::string>& options = {}) {
    put(data / "c", content);
    Experiment e(data.config(options));
    const std::vector<float> before = weights_of(e);
    const Outcome o = outcome([&] { load_checkpoint(data / "c", e); });
    CHECK(weights_of(e) == before);
    CHECK(o.code == (o.message.empty() ? 0 : 65));
    return o.message.substr(o.message.find(": ") + 1);
  };
  CHECK(refusal(bytes, {{"seed", "2"}}) == " was made with --seed 1, and the run has 2");

  put(data / "c", bytes);
  const Safetensors whole = read_safetensors(data / "c");
  Safetensors other = whole;
  other.tensors.pop_back();
  CHECK(refusal(to_bytes(other)) == " tensor '" + whole.tensors.back().first + "' is missing");
  other = whole;
  other.tensors.emplace_back("more", autograd::zeros({1}));
  CHECK(refusal(to_bytes(other)) == " tensor 'more' is not part of this model");
  other = whole;
  other.tensors.front().second = autograd::zeros({2, 3});
  CHECK(refusal(to_bytes(other)) == " tensor 'encoder.0.weight' has shape [2,3], expected [6,12]");
  other = whole;
  other.metadata["format_version"] = "99";
  CHECK(refusal(to_bytes(other)) ==
        " is a checkpoint of format version 99, and this program reads version 2");
}

TEST_CASE("checkpoint: one of an older version lacks newer options, the size of images and two digests",
          "[checkpoint]") {
  const SmallData data;
  Trained trained(data.config());
  put(data / "c", checkpoint_bytes(trained.experiment, trained.progress));
  CHECK(image_size(data / "c") == std::pair<std::size_t, std::size_t>(1, 12));
  Safetensors file = read_safetensors(data / "c");
  nlohmann::json config = nlohmann::json::parse(file.metadata["config"]);
  for (const char* newer : {"split-seed", "limit-validation", "black", "white"})
    CHECK(config.erase(newer) == 1);
  file.metadata["config"] = config.dump();
  file.metadata["data_digest"].resize(8);
  file.metadata.erase("image_size");
  put(data / "c", to_bytes(file));
  Experiment fresh(data.config());
  CHECK(outcome([&] { load_checkpoint(data / "c", fresh); }).message == "");
  CHECK(image_size(data / "c").first == 0);
  Experiment other(data.config({{"split-seed", "3"}}));
  CHECK(outcome([&] {
          load_checkpoint(data / "c", other);
        }).message.find("was made with --split-seed 0, and the run has 3") != std::string::npos);
}

TEST_CASE("checkpoint: the newest is the last, or the one before if that is damaged", "[checkpoint]") {
  const SmallData data;
  const RunDirectory run(data.path);
  const Trained trained(data.config());
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  put(run.last(), bytes);
  CHECK(newest_checkpoint(run) == run.last());
  put(run.last(), bytes.substr(0, bytes.size() - 1));
  CHECK(outcome([&] { newest_checkpoint(run); }).code == 65);
  put(run.previous(), bytes);
  CHECK(newest_checkpoint(run) == run.previous());
}
