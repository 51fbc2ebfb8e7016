// Progress to JSON and back, and the file. Its keys are those of format version 2, some of which are older
// than the names of the members.
#include "tools/run/checkpoint.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "autograd/threads.h"
#include "tools/config/config_file.h"
#include "tools/errors.h"
#include "tools/files/json_text.h"
#include "tools/files/safetensors.h"

namespace tools {

using autograd::Array;
using nlohmann::json;

namespace {

const char* const format = "elbo checkpoint";
const char* const format_version = "2";

constexpr std::size_t most_state_items = 2000;  // in the JSON of one metadata entry
constexpr double largest = std::numeric_limits<double>::max(), least_seconds = 1e-6;

// Where a checkpoint was written, from which follows what else it may say. Without training images, as for an
// evaluation of others, the number of steps in an epoch is not known.
std::vector<StateField> place_fields(const Experiment& e, Progress& p) {
  const bool known = e.data.train.count > 0;
  return {{"epoch", &p.epoch, 0, 0xffffffff},
          {"batch", &p.batch, 0, known ? double(e.steps_per_epoch()) : 0xffffffff}};
}

std::vector<StateField> other_fields(const Experiment& e, Progress& p) {
  const bool known = e.data.train.count > 0;
  const double steps = double(p.epoch * e.steps_per_epoch() + p.batch), batch = double(p.batch), most = 1e18;
  const double images = double(std::min<std::uint64_t>(p.batch * e.config.batch_size, e.data.train.count));
  const std::size_t levels = p.batch > 0 ? e.config.latent.size() : 0;
  std::vector<StateField> fields = {
      {"step", &p.step, steps, known ? steps : most},
      {"running/images", &p.bound.images, images, known ? images : most},
      {"running/elbo", &p.bound.elbo, -largest, largest},
      {"running/reconstruction", &p.bound.reconstruction, -largest, largest},
      {"running/kl", &p.bound.kl, -largest, largest},
      {"running/kl_per_level", &p.bound.kl_per_level, -largest, largest, levels, levels},
      {"descended/steps", &p.updates.steps, batch, batch},
      {"descended/skipped", &p.updates.skipped, 0, batch},
      {"descended/norm_sum", &p.updates.norm_sum, 0, largest},
      {"descended/norm_max", &p.updates.norm_max, 0, largest},
      {"descended/learning_rate", &p.updates.learning_rate, 0, largest},
      {"best_epoch", &p.best_epoch, 0, double(p.epoch)},
      {"best_elbo", &p.best_elbo, -largest, largest}};
  if (!e.config.time.empty()) {
    fields.push_back({"seconds_of_epochs", &p.seconds_of_epochs, p.epoch > 0 ? least_seconds : 0, largest});
    fields.push_back({"seconds", &p.seconds, 0, largest});
  }
  return fields;
}

json to_json(const Experiment& e, Progress p) {
  json all = to_json(place_fields(e, p));
  all.update(to_json(other_fields(e, p)));
  return all;
}

// Calls f(name, array) for every array of a checkpoint.
void visit_arrays(const Experiment& e, const std::function<void(const std::string&, Array&)>& f) {
  for (const auto& [name, parameter] : e.model->parameters()) f(name, parameter->update());
  e.weight_update->visit_state(f);
}

// The JSON in an entry of a checkpoint's metadata.
json json_of(const SafetensorsFile& file, const std::string& entry) {
  try {
    return parse_json(file.metadata(entry), most_state_items);
  } catch (const BadJson& bad) {
    file.reject("its metadata '" + entry + "' " + bad.what());
  }
}

void check_origin(const SafetensorsFile& file, const Config& config, const std::string& data_digest) {
  if (file.metadata("format") != format)
    file.reject("is no checkpoint of elbo (its metadata lacks format '" + std::string(format) + "')");
  if (file.metadata("format_version") != format_version)
    file.reject("is a checkpoint of format version " + printable(file.metadata("format_version")) +
                ", and this program reads version " + format_version);
  if (file.metadata("digest").empty()) file.reject("has no digest");
  const json stored = json_of(file, "config"), wanted = checkpoint_options(config),
             standard = checkpoint_options(Config{});  // of options that are newer than the checkpoint
  if (!stored.is_object()) file.reject("its metadata 'config' is no object of options");
  for (const auto& [option, value] : wanted.items()) {
    json was = stored.value(option, standard.value(option, json()));
    if (value.is_array() && was.is_number()) was = json::array({was});  // a list was once a number
    if (was != value)
      file.reject("was made with --" + option + " " + printable_value(was) + ", and the run has " +
                  printable_value(value));
  }
  // (A digest of an older version is of the training images alone, which come first.)
  if (data_digest.rfind(file.metadata("data_digest"), 0) != 0 && !data_digest.empty())
    file.reject("was trained on other data than " + printable(config.data) +
                " holds now; eval and reconstruct take other images by --data FILE");
}

}  // namespace

std::string checkpoint_bytes(const Experiment& e, const Progress& progress) {
  Safetensors file;
  visit_arrays(e, [&](const std::string& name, Array& array) { file.tensors.emplace_back(name, array); });
  file.metadata = {
      {"format", format},
      {"format_version", format_version},
      {"config", checkpoint_options(e.config).dump()},
      {"progress", to_json(e, progress).dump()},
      {"descent", to_json(e.weight_update->state(progress.step)).dump()},
      {"data_digest", e.data.digest},
      {"image_size", std::to_string(e.data.test.height) + "x" + std::to_string(e.data.test.width)},
      {"blas_kernel", autograd::blas_kernel()},
  };
  return to_bytes(file);
}

void check_checkpoint(const std::filesystem::path& path, const Config& config,
                      const std::string& data_digest) {
  check_origin(SafetensorsFile(path), config, data_digest);
}

Progress load_checkpoint(const std::filesystem::path& path, Experiment& e) {
  // Check that it is a checkpoint of this run, and that all of it is there and undamaged.
  const SafetensorsFile file(path);
  check_origin(file, e.config, e.data.digest);
  std::vector<std::pair<std::string, autograd::Shape>> expected;
  visit_arrays(e, [&](const std::string& name, Array& array) { expected.emplace_back(name, array.shape()); });
  file.check_tensors(expected);
  const Safetensors contents = file.read();

  // Take over the progress and the state.
  Progress loaded;
  const json progress = json_of(file, "progress"), descent = json_of(file, "descent");
  try {
    read_json(place_fields(e, loaded), progress);
    read_json(other_fields(e, loaded), progress);
    read_json(e.weight_update->state(loaded.step), descent);
  } catch (const std::invalid_argument& wrong) {
    file.reject(std::string("its progress: ") + wrong.what());
  }
  std::map<std::string, const Array*> given;
  for (const auto& [tensor, array] : contents.tensors) given[tensor] = &array;
  visit_arrays(e, [&](const std::string& tensor, Array& array) { array = *given[tensor]; });

  if (file.metadata("blas_kernel") != autograd::blas_kernel())
    std::fprintf(stderr,
                 "elbo: warning: %s was made with the BLAS kernel %s, here it is %s: results agree, but not "
                 "bit for bit\n",
                 printable(path.string(), 1000).c_str(), printable(file.metadata("blas_kernel")).c_str(),
                 autograd::blas_kernel().c_str());
  return loaded;
}

void begin_with_weights(const std::filesystem::path& path, Experiment& e) {
  const SafetensorsFile file(path);
  const Safetensors contents = file.read();
  std::map<std::string, const Array*> given;
  for (const auto& [name, array] : contents.tensors) given[name] = &array;
  const nn::NamedParameters parameters = e.model->parameters();
  for (const auto& [name, parameter] : parameters) {
    if (!given.count(name)) file.reject("it has no tensor '" + name + "', and the model does");
    if (given[name]->shape() != parameter->shape())
      file.reject("its tensor '" + name + "' is " + autograd::to_string(given[name]->shape()) +
                  ", and the model's is " + autograd::to_string(parameter->shape()));
  }
  for (const auto& [name, parameter] : parameters) parameter->update() = *given[name];
  e.weight_update = std::make_unique<WeightUpdate>(e.config, e.model->parameters(), e.steps_per_epoch());
}

// A size that no array of the file could have is not believed: the model would be made of it.
std::pair<std::size_t, std::size_t> image_size(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const std::string& text = file.metadata("image_size");
  if (text.empty()) return {0, 0};
  std::size_t height = 0, width = 0;
  std::sscanf(text.c_str(), "%6zux%6zu", &height, &width);
  const auto holds_pixels = [D = height * width](std::size_t n) { return n > 0 && D > 0 && n % D == 0; };
  for (const SafetensorsFile::Entry& entry : file.entries())
    if (std::any_of(entry.shape.begin(), entry.shape.end(), holds_pixels)) return {height, width};
  file.reject("its metadata 'image_size' is " + printable(text) + ", and no array has so many pixels");
}

std::filesystem::path with_newest_checkpoint(const RunDirectory& run,
                                             const std::function<void(const std::filesystem::path&)>& use,
                                             std::string& warning) {
  try {
    use(run.last());
    return run.last();
  } catch (const Failure& failure) {
    try {
      use(run.previous());
    } catch (const Failure&) {
      throw failure;
    }
    warning = std::string(failure.what()) + "; going back to " + printable(run.previous().string(), 1000);
    return run.previous();
  }
}

}  // namespace tools
