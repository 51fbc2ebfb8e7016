// The kinds of files, by their first bytes.
#include "tools/commands/check_file.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/config/config_file.h"
#include "tools/config/resolve.h"
#include "tools/data/idx.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/input_file.h"
#include "tools/files/json_text.h"
#include "tools/files/png.h"
#include "tools/files/regular_file.h"
#include "tools/files/safetensors.h"
#include "tools/run/run_directory.h"
#include "tools/text.h"

namespace tools {

namespace {

bool begins_with(const std::string& bytes, const std::string& magic) {
  return bytes.compare(0, magic.size(), magic) == 0;
}

std::string size_of(const Images& images) {
  return counted(images.count, "image") + " of " + std::to_string(images.height) + "x" +
         std::to_string(images.width);
}

// Labels: their number, and so many bytes.
std::string what_is_labels(const std::string& path) {
  InputFile file(path);
  const Bytes header = file.read(8);
  if (header.size() < 8) file.reject("ends within its header");
  std::uint64_t count = 0;
  for (std::size_t i = 4; i < 8; ++i) count = 256 * count + header.at(i);
  return "labels of a data set, " + std::to_string(file.rest({count}).size());
}

std::string what_is_metrics(const std::string& path) {
  std::istringstream lines(content_of(path, 50'000'000));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) try {
      parse_json(line, 10'000);
    } catch (const BadJson& bad) {
      throw Failure(exit_bad_data, path + ": line " + std::to_string(count + 1) + " " + bad.what());
    }
  return "JSON lines, " + std::to_string(count);
}

std::string what_is_safetensors(const std::string& path) {
  const SafetensorsFile file(path);
  const Safetensors contents = file.read();
  std::size_t numbers = 0;
  for (const auto& [name, array] : contents.tensors) numbers += array.size();
  std::string text = contents.metadata.count("format") && contents.metadata.at("format") == "elbo checkpoint"
                         ? "checkpoint of a run"
                         : "safetensors file";
  text += ", " + counted(contents.tensors.size(), "tensor") + " of " + counted(numbers, "number");
  return text + (contents.verified ? ", whole: its digest is right" : ", without a digest");
}

std::string what_is_run(const std::string& path) {
  const RunDirectory run(path);
  run.require();
  const Config c = read_config_of_run(run.config().string());
  std::string text = "run of " + c.model + " on " + c.data;
  for (const auto& file : {run.last(), run.previous(), run.best()}) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) continue;
    what_is(file.string());  // throws if it is damaged
    text += ", " + file.filename().string();
  }
  return text + ": all whole";
}

std::string what_is_array(const Images& images) {
  const double missing = missing_share(images);
  return "array, read as " + size_of(images) +
         (missing > 0 ? text(", %.2g %% of whose pixels are missing", 100 * missing) : "");
}

}  // namespace

std::string what_is(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return what_is_run(path);
  const RegularFile file(path);
  std::string bytes(12, 0);
  bytes.resize(file.read_until_end(0, bytes.data(), bytes.size()));
  if (begins_with(bytes, "\x93NUMPY")) return what_is_array(read_npy(path));
  if (begins_with(bytes, "\x89PNG")) {
    const GreyImage image = read_png(path);
    return "picture of " + std::to_string(image.width) + "x" + std::to_string(image.height);
  }
  if (begins_with(bytes, "\x1f\x8b") || begins_with(bytes, std::string("\0\0\x08", 3))) {
    const bool labels = kind_of_file(InputFile(path).read(12)) == "an IDX file of labels";
    return labels ? what_is_labels(path) : "data set of " + size_of(read_idx(path, ""));
  }
  if (std::filesystem::path(path).extension() == ".jsonl") return what_is_metrics(path);
  if (begins_with(bytes, "{")) {
    read_config_of_run(path);
    return "options of a run, that may be trained";
  }
  if (bytes.size() > 8 && bytes[8] == '{') return what_is_safetensors(path);
  file.reject("no checkpoint, array, picture, data set, configuration or run");
}

}  // namespace tools
