// Checkpoints: what is saved is loaded, and a file of another run is refused with the reason.
#include "tools/run/checkpoint.h"

#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tests/catch.h"
#include "tests/tools/run/small_experiment.h"
#include "tools/bench/peak_memory.h"
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
  trained.progress.best_elbo = 0.1 + 0.2, trained.progress.best_epoch = 2;
  trained.progress.epoch = 3, trained.progress.step = 3 * 6 + 6;
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  put(data / "c", bytes);
  Experiment fresh(config);
  CHECK(weights_of(fresh) != weights_of(trained.experiment));
  const Progress loaded = load_checkpoint(data / "c", fresh);
  CHECK(weights_of(fresh) == weights_of(trained.experiment));
  CHECK(loaded.best_elbo == 0.1 + 0.2);
  CHECK(loaded.batch == 6);
  CHECK(loaded.bound.kl > 0);
  CHECK(loaded.bound.kl == trained.progress.bound.kl);
  CHECK(loaded.bound.elbo == trained.progress.bound.elbo);
  CHECK(loaded.bound.reconstruction == trained.progress.bound.reconstruction);
  CHECK(loaded.bound.kl_per_level == trained.progress.bound.kl_per_level);
  CHECK(loaded.bound.images == trained.progress.bound.images);
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
  const Safetensors whole = SafetensorsFile(data / "c").read();
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
  Safetensors file = SafetensorsFile(data / "c").read();
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
  Trained trained(data.config());
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  std::string warning;
  const auto newest = [&] {
    return with_newest_checkpoint(
        run, [&](const std::filesystem::path& file) { load_checkpoint(file, trained.experiment); }, warning);
  };
  put(run.last(), bytes);
  CHECK(newest() == run.last());
  CHECK(warning == "");
  put(run.last(), bytes.substr(0, bytes.size() - 1));
  CHECK(outcome(newest).code == 65);
  put(run.previous(), bytes);
  CHECK(newest() == run.previous());
  CHECK(warning.find(run.last().string() + ": tensors take ") == 0);
  std::filesystem::remove(run.last());
  CHECK(newest() == run.previous());
  put(run.previous(), "x");
  CHECK(outcome(newest).message.find(run.last().string()) == 0);
}

namespace {

// A checkpoint in the middle of its third epoch, in which one number of a metadata entry has been replaced.
std::string changed(const std::string& bytes, const std::filesystem::path& scratch, const std::string& entry,
                    const std::string& pointer, const nlohmann::json& value) {
  put(scratch, bytes);
  Safetensors contents = SafetensorsFile(scratch).read();
  nlohmann::json state = nlohmann::json::parse(contents.metadata[entry]);
  state[nlohmann::json::json_pointer(pointer)] = value;
  contents.metadata[entry] = state.dump();
  return to_bytes(contents);
}

}  // namespace

TEST_CASE("checkpoint: a state that no run can have is refused by the name of the field", "[checkpoint]") {
  const SmallData data;
  const Config config = data.config({{"skip-outliers", "2"}});
  Trained trained(config);
  trained.progress.epoch = 2, trained.progress.step = 2 * 6 + 6, trained.progress.best_epoch = 2;
  const std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  const auto refusal = [&](const std::string& entry, const std::string& field, const nlohmann::json& value) {
    put(data / "c", changed(bytes, data / "scratch", entry, "/" + field, value));
    const Outcome o = outcome([&] { load_checkpoint(data / "c", trained.experiment); });
    return o.message.find((data / "c").string() + ": its progress: " + field + " is ") == 0 && o.code == 65;
  };
  for (const nlohmann::json& wrong : std::vector<nlohmann::json>{-1, 1.5, "1", nullptr, 1099511627776})
    for (const std::string field :
         {"epoch", "batch", "step", "running/images", "descended/steps", "descended/skipped", "best_epoch"}) {
      INFO(field << " " << wrong);
      CHECK(refusal("progress", field, wrong));
    }
  CHECK(refusal("progress", "step", 17));
  CHECK(refusal("progress", "batch", 7));
  CHECK(refusal("progress", "running/images", 41));
  CHECK(refusal("progress", "best_epoch", 3));
  CHECK(refusal("progress", "best_elbo", "x"));
  CHECK(refusal("progress", "descended/norm_sum", -1));
  CHECK(refusal("progress", "running/kl_per_level", {1, 2}));
  CHECK(refusal("descent", "steps", 19));
  CHECK(refusal("descent", "norms", std::vector<double>(1000, 1)));
  CHECK(refusal("descent", "norms", {-1}));
  CHECK_FALSE(refusal("progress", "best_elbo", -1));
}

TEST_CASE("checkpoint: state that is no JSON, or too much of it, is refused", "[checkpoint]") {
  const SmallData data;
  Trained trained(data.config());
  put(data / "c", checkpoint_bytes(trained.experiment, trained.progress));
  const Safetensors whole = SafetensorsFile(data / "c").read();
  for (const std::string entry : {"config", "progress", "descent"})
    for (const auto& [text, fault] : std::vector<std::pair<std::string, std::string>>{
             {std::string(120'000, '['), "is nested more than 32 deep"},
             {"{", "is not valid JSON"},
             {"", "is not valid JSON"},
             {"[" + std::string(4'000'000, ' ') + "1]", ""},
             {"{\"a\":1,\"a\":2}", "has the key 'a' twice"}}) {
      Safetensors other = whole;
      other.metadata[entry] = text;
      put(data / "c", to_bytes(other));
      const Outcome o = outcome([&] { load_checkpoint(data / "c", trained.experiment); });
      CHECK(o.code == 65);
      CHECK(o.message.size() < 500);
      if (!fault.empty())
        CHECK(o.message == (data / "c").string() + ": its metadata '" + entry + "' " + fault);
    }
}

TEST_CASE("checkpoint: a size of images that no array has is not believed", "[checkpoint]") {
  const SmallData data;
  const Trained trained(data.config());
  put(data / "whole", checkpoint_bytes(trained.experiment, trained.progress));
  Safetensors file = SafetensorsFile(data / "whole").read();
  for (const std::string size : {"16384x16384", "0x0", "999999999x999999999"}) {
    file.metadata["image_size"] = size;
    put(data / "c", to_bytes(file));
    CHECK(outcome([&] { image_size(data / "c"); }).code == 65);
  }
}

TEST_CASE("checkpoint: one without a digest is refused", "[checkpoint]") {
  const SmallData data;
  Trained trained(data.config());
  std::string bytes = checkpoint_bytes(trained.experiment, trained.progress);
  bytes.replace(bytes.find("\"digest\""), 8, "\"ingest\"");
  put(data / "c", bytes);
  CHECK(outcome([&] { load_checkpoint(data / "c", trained.experiment); }).message ==
        (data / "c").string() + ": has no digest");
}

TEST_CASE("checkpoint: names and options are compared before an array is read", "[checkpoint]") {
  const SmallData data;
  const Config config = data.config();
  Experiment e(config);
  const Trained trained(config);
  put(data / "c", checkpoint_bytes(trained.experiment, trained.progress));
  const Safetensors whole = SafetensorsFile(data / "c").read();

  // A tensor of 1 GiB more, whose data is a hole in the file.
  std::string header = R"({"__metadata__":)" + nlohmann::json(whole.metadata).dump();
  header.insert(header.size() - 1, R"(,"digest":"00000000")");
  header += R"(,"foreign":{"dtype":"F32","shape":[268435456],"data_offsets":[0,1073741824]}})";
  const std::uint64_t size = header.size();
  put(data / "c", std::string(reinterpret_cast<const char*>(&size), 8) + header);
  std::filesystem::resize_file(data / "c", 8 + size + (1 << 30));
  const auto refuse = [&] {
    CHECK(outcome([&] { load_checkpoint(data / "c", e); }).message ==
          (data / "c").string() + ": tensor 'encoder.0.weight' is missing");
  };
  CHECK((tools::peak_memory([] {}, refuse) < 1e7 || sanitized));

  Config large = config;
  large.hidden = {100000};
  CHECK(outcome([&] { check_checkpoint(data / "c", large); }).message ==
        (data / "c").string() + ": was made with --hidden [6], and the run has [100000]");
  CHECK(outcome([&] { check_checkpoint(data / "c", config); }).code == 0);
}
