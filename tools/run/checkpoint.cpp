#include "tools/run/checkpoint.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "autograd/kernels/threads.h"
#include "tools/errors.h"
#include "tools/files/safetensors.h"

namespace tools {

using nlohmann::json;

namespace {

const char* const format = "elbo checkpoint";
const char* const format_version = "2";

json to_json(const Totals& t) {
  return {{"images", t.images},
          {"elbo", t.elbo},
          {"reconstruction", t.reconstruction},
          {"kl", t.kl},
          {"kl_per_level", t.kl_per_level}};
}

Totals totals_from(const json& j) {
  Totals t;
  t.images = j.at("images").get<std::uint64_t>();
  t.elbo = j.at("elbo").get<double>();
  t.reconstruction = j.at("reconstruction").get<double>();
  t.kl = j.at("kl").get<double>();
  t.kl_per_level = j.at("kl_per_level").get<std::vector<double>>();
  return t;
}

json to_json(const DescentTotals& d) {
  return {{"steps", d.steps},
          {"skipped", d.skipped},
          {"norm_sum", d.norm_sum},
          {"norm_max", d.norm_max},
          {"learning_rate", d.learning_rate}};
}

DescentTotals descent_totals_from(const json& j) {
  DescentTotals d;
  d.steps = j.at("steps").get<std::uint64_t>();
  d.skipped = j.at("skipped").get<std::uint64_t>();
  d.norm_sum = j.at("norm_sum").get<double>();
  d.norm_max = j.at("norm_max").get<double>();
  d.learning_rate = j.at("learning_rate").get<double>();
  return d;
}

json to_json(const Progress& p) {
  return {{"epoch", p.epoch},
          {"batch", p.batch},
          {"step", p.step},
          {"running", to_json(p.running)},
          {"descended", to_json(p.descended)},
          {"best_epoch", p.best_epoch},
          {"best_elbo", p.best_elbo}};
}

Progress progress_from(const json& j) {
  Progress p;
  p.epoch = j.at("epoch").get<std::uint64_t>();
  p.batch = j.at("batch").get<std::uint64_t>();
  p.step = j.at("step").get<std::uint64_t>();
  p.running = totals_from(j.at("running"));
  p.descended = descent_totals_from(j.at("descended"));
  p.best_epoch = j.at("best_epoch").get<std::uint64_t>();
  p.best_elbo = j.at("best_elbo").get<double>();
  return p;
}

// f(name, array) for all that a checkpoint holds.
void visit_arrays(const Experiment& e, const std::function<void(const std::string&, Array&)>& f) {
  for (const auto& [name, parameter] : e.model->parameters()) f(name, parameter->update());
  e.descent->visit_state(f);
}

}  // namespace

std::string checkpoint_bytes(const Experiment& e, const Progress& progress) {
  Safetensors file;
  visit_arrays(e, [&](const std::string& name, Array& array) { file.tensors.emplace_back(name, array); });
  file.metadata = {
      {"format", format},
      {"format_version", format_version},
      {"config", essence(e.config).dump()},
      {"progress", to_json(progress).dump()},
      {"descent", e.descent->state().dump()},
      {"data_digest", e.data_digest()},
      {"blas_kernel", autograd::blas_kernel()},
  };
  return to_bytes(file);
}

Progress load_checkpoint(const std::filesystem::path& path, Experiment& e) {
  const std::string name = path.string();
  const auto bad = [&](const std::string& reason) { return Failure(exit_bad_data, name + ": " + reason); };
  Safetensors file = read_safetensors(path);

  // Is it ours, and of this run?
  std::map<std::string, std::string>& meta = file.metadata;
  if (meta["format"] != format)
    throw bad("is no checkpoint of elbo (its metadata lacks format '" + std::string(format) + "')");
  if (meta["format_version"] != format_version)
    throw bad("is a checkpoint of format version " + meta["format_version"] +
              ", and this program reads version " + format_version);
  if (!file.verified) throw bad("has no digest");
  const json stored = json::parse(meta["config"], nullptr, false), wanted = essence(e.config);
  if (!stored.is_object()) throw bad("its configuration cannot be read");
  for (const auto& [option, value] : wanted.items())
    if (stored.value(option, json()) != value)
      throw bad("was made with --" + option + " " + stored.value(option, json()).dump() +
                ", and the run has " + value.dump());
  if (meta["data_digest"] != e.data_digest())
    throw bad("was trained on other data than " + e.config.data + " holds now");
  if (meta["blas_kernel"] != autograd::blas_kernel())
    std::fprintf(stderr,
                 "elbo: warning: %s was made with the BLAS kernel %s, here it is %s: results agree, but not "
                 "bit for bit\n",
                 name.c_str(), meta["blas_kernel"].c_str(), autograd::blas_kernel().c_str());

  // Exactly the arrays that are needed, in their shapes; only then is anything changed.
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
  Progress loaded;
  try {
    loaded = progress_from(json::parse(meta["progress"]));
    e.descent->restore(json::parse(meta["descent"]));
  } catch (const json::exception&) {
    throw bad("its progress cannot be read");
  }
  visit_arrays(e, [&](const std::string& tensor, Array& array) { array = *given[tensor]; });
  return loaded;
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
