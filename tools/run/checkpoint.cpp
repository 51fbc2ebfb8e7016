// Progress to JSON and back, and the file. Its keys are those of format version 2, some of which are older
// than the names of the members.
#include "tools/run/checkpoint.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "autograd/threads.h"
#include "tools/errors.h"
#include "tools/files/safetensors.h"
#include "tools/run/config_file.h"

namespace tools {

using autograd::Array;
using nlohmann::json;

namespace {

const char* const format = "elbo checkpoint";
const char* const format_version = "2";

json to_json(const BoundTotals& t) {
  return {{"images", t.images},
          {"elbo", t.elbo},
          {"reconstruction", t.reconstruction},
          {"kl", t.kl},
          {"kl_per_level", t.kl_per_level}};
}

BoundTotals bound_totals_from(const json& j) {
  BoundTotals t;
  t.images = j.at("images").get<std::uint64_t>();
  t.elbo = j.at("elbo").get<double>();
  t.reconstruction = j.at("reconstruction").get<double>();
  t.kl = j.at("kl").get<double>();
  t.kl_per_level = j.at("kl_per_level").get<std::vector<double>>();
  return t;
}

json to_json(const UpdateTotals& t) {
  return {{"steps", t.steps},
          {"skipped", t.skipped},
          {"norm_sum", t.norm_sum},
          {"norm_max", t.norm_max},
          {"learning_rate", t.learning_rate}};
}

UpdateTotals update_totals_from(const json& j) {
  UpdateTotals t;
  t.steps = j.at("steps").get<std::uint64_t>();
  t.skipped = j.at("skipped").get<std::uint64_t>();
  t.norm_sum = j.at("norm_sum").get<double>();
  t.norm_max = j.at("norm_max").get<double>();
  t.learning_rate = j.at("learning_rate").get<double>();
  return t;
}

json to_json(const Progress& p) {
  return {{"epoch", p.epoch},
          {"batch", p.batch},
          {"step", p.step},
          {"running", to_json(p.bound)},
          {"descended", to_json(p.updates)},
          {"best_epoch", p.best_epoch},
          {"best_elbo", p.best_elbo}};
}

Progress progress_from(const json& j) {
  Progress p;
  p.epoch = j.at("epoch").get<std::uint64_t>();
  p.batch = j.at("batch").get<std::uint64_t>();
  p.step = j.at("step").get<std::uint64_t>();
  p.bound = bound_totals_from(j.at("running"));
  p.updates = update_totals_from(j.at("descended"));
  p.best_epoch = j.at("best_epoch").get<std::uint64_t>();
  p.best_elbo = j.at("best_elbo").get<double>();
  return p;
}

// Calls f(name, array) for every array of a checkpoint.
void visit_arrays(const Experiment& e, const std::function<void(const std::string&, Array&)>& f) {
  for (const auto& [name, parameter] : e.model->parameters()) f(name, parameter->update());
  e.weight_update->visit_state(f);
}

}  // namespace

std::string checkpoint_bytes(const Experiment& e, const Progress& progress) {
  Safetensors file;
  visit_arrays(e, [&](const std::string& name, Array& array) { file.tensors.emplace_back(name, array); });
  file.metadata = {
      {"format", format},
      {"format_version", format_version},
      {"config", checkpoint_options(e.config).dump()},
      {"progress", to_json(progress).dump()},
      {"descent", e.weight_update->state().dump()},
      {"data_digest", e.data_digest},
      {"image_size", std::to_string(e.data.test.height) + "x" + std::to_string(e.data.test.width)},
      {"blas_kernel", autograd::blas_kernel()},
  };
  return to_bytes(file);
}

Progress load_checkpoint(const std::filesystem::path& path, Experiment& e) {
  const std::string name = path.string();
  const auto bad = [&](const std::string& reason) { return Failure(exit_bad_data, name + ": " + reason); };
  Safetensors file = read_safetensors(path);

  // Check that it is a checkpoint of this run.
  std::map<std::string, std::string>& meta = file.metadata;
  if (meta["format"] != format)
    throw bad("is no checkpoint of elbo (its metadata lacks format '" + std::string(format) + "')");
  if (meta["format_version"] != format_version)
    throw bad("is a checkpoint of format version " + meta["format_version"] +
              ", and this program reads version " + format_version);
  if (!file.verified) throw bad("has no digest");
  const json stored = json::parse(meta["config"], nullptr, false), wanted = checkpoint_options(e.config),
             standard = checkpoint_options(Config{});  // of options that are newer than the checkpoint
  if (!stored.is_object()) throw bad("its configuration cannot be read");
  for (const auto& [option, value] : wanted.items()) {
    const json was = stored.value(option, standard.value(option, json()));
    if (was != value)
      throw bad("was made with --" + option + " " + was.dump() + ", and the run has " + value.dump());
  }
  // (A digest of an older version is of the training images alone, which come first.)
  if (e.data_digest.rfind(meta["data_digest"], 0) != 0 && !e.data_digest.empty())
    throw bad("was trained on other data than " + e.config.data +
              " holds now; eval and reconstruct take other images by --data FILE");
  if (meta["blas_kernel"] != autograd::blas_kernel())
    std::fprintf(stderr,
                 "elbo: warning: %s was made with the BLAS kernel %s, here it is %s: results agree, but not "
                 "bit for bit\n",
                 name.c_str(), meta["blas_kernel"].c_str(), autograd::blas_kernel().c_str());

  // Check that it has exactly the arrays that are needed, in their shapes.
  std::map<std::string, const Array*> given;
  for (const auto& [tensor, array] : file.tensors) given[tensor] = &array;
  std::size_t expected = 0;
  visit_arrays(e, [&](const std::string& tensor, Array& array) {
    ++expected;
    const auto found = given.find(tensor);
    if (found == given.end()) throw bad("tensor '" + tensor + "' is missing");
    if (found->second->shape() != array.shape())
      throw bad("tensor '" + tensor + "' has shape " + autograd::to_string(found->second->shape()) +
                ", expected " + autograd::to_string(array.shape()));
  });
  if (given.size() != expected) {
    visit_arrays(e, [&](const std::string& tensor, Array&) { given.erase(tensor); });
    throw bad("tensor '" + given.begin()->first + "' is not part of this model");
  }

  // Take over the progress and the state.
  Progress loaded;
  try {
    loaded = progress_from(json::parse(meta["progress"]));
    e.weight_update->restore(json::parse(meta["descent"]));
  } catch (const json::exception&) {
    throw bad("its progress cannot be read");
  }
  visit_arrays(e, [&](const std::string& tensor, Array& array) { array = *given[tensor]; });
  return loaded;
}

std::pair<std::size_t, std::size_t> image_size(const std::filesystem::path& path) {
  Safetensors file = read_safetensors(path);
  std::size_t height = 0, width = 0;
  const int found = std::sscanf(file.metadata["image_size"].c_str(), "%zux%zu", &height, &width);
  return found == 2 ? std::pair(height, width) : std::pair<std::size_t, std::size_t>(0, 0);
}

std::filesystem::path newest_checkpoint(const RunDirectory& run) {
  try {
    read_safetensors(run.last());
    return run.last();
  } catch (const Failure& failure) {
    std::error_code error;
    if (!std::filesystem::exists(run.previous(), error)) throw;
    std::fprintf(stderr, "elbo: warning: %s; going back to %s\n", failure.what(), run.previous().c_str());
    return run.previous();
  }
}

}  // namespace tools
