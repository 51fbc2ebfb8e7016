// Creating, clearing and describing the directory.
#include "tools/run/run_directory.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/errors.h"
#include "tools/files/atomic_file.h"

namespace tools {

namespace fs = std::filesystem;

void RunDirectory::make(bool force) const {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) throw Failure(exit_cannot_create, name() + ": cannot be created: " + error.message());
  if (!fs::is_directory(path_, error)) throw Failure(exit_cannot_create, name() + ": is not a directory");
  if (!force && !fs::exists(file(".lock"), error)) refuse_unless_empty();
}

void RunDirectory::clear(bool force) const {
  if (!force) return refuse_unless_empty();
  for (const fs::path& f : {config(), metrics(), last(), previous(), best(), non_finite(), samples(),
                            reconstructions(), new_samples(), new_reconstructions()}) {
    std::error_code error;
    fs::remove(f, error);
    if (error) throw Failure(exit_cannot_create, f.string() + ": cannot be removed: " + error.message());
  }
}

void RunDirectory::refuse_unless_empty() const {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error))
    if (entry.path().filename() != ".lock")
      throw Failure(exit_runtime, name() +
                                      ": is not empty; --resume continues the run in it, --force starts it "
                                      "anew, --out names another");
  if (error) throw Failure(exit_cannot_create, name() + ": cannot be read: " + error.message());
}

bool RunDirectory::holds_run() const {
  std::error_code error;
  return fs::is_regular_file(config(), error);
}

bool RunDirectory::holds_checkpoint() const {
  std::error_code error;
  return fs::exists(last(), error) || fs::exists(previous(), error) || fs::exists(best(), error);
}

void RunDirectory::require() const {
  std::error_code error;
  if (fs::is_regular_file(path_, error))
    throw Failure(exit_no_input, name() +
                                     ": is a file, and a run is a directory, as left by `elbo train`; a "
                                     "checkpoint in it is chosen by --checkpoint FILE");
  if (!holds_run())
    throw Failure(exit_no_input, name() + ": there is no run here (no config.json); `elbo train --out " +
                                     name() + "` makes one");
}

bool RunDirectory::append_metrics(const std::vector<nlohmann::ordered_json>& rows) const {
  std::string lines;
  for (const nlohmann::ordered_json& row : rows) lines += row.dump() + "\n";
  std::error_code error;
  const std::uintmax_t before = fs::exists(metrics(), error) ? fs::file_size(metrics(), error) : 0;
  if (error) return false;
  std::ofstream out(metrics(), std::ios::app);
  out << lines;
  out.close();  // otherwise it would try again when it is destroyed
  if (out) return true;
  fs::resize_file(metrics(), before, error);  // no half line in front of the next one
  return false;
}

void RunDirectory::forget_metrics_after(std::uint64_t epoch) const {
  std::ifstream in(metrics());
  std::string kept, line;
  bool changed = false;
  while (std::getline(in, line)) {
    const nlohmann::json row = nlohmann::json::parse(line, nullptr, false);
    const bool keep = row.is_object() && row.contains("epoch") && row["epoch"].is_number_unsigned() &&
                      row["epoch"] <= epoch;
    if (keep) kept += line + "\n";
    changed |= !keep;
  }
  if (changed) write_atomically(metrics(), kept);
}

}  // namespace tools
