// Creating, clearing and describing the directory.
#include "tools/run/run_directory.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/files/json_text.h"
#include "tools/files/regular_file.h"

namespace tools {

namespace fs = std::filesystem;

void RunDirectory::make(bool force) const {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) throw Failure(exit_cannot_create, name() + ": cannot be created: " + error.message());
  if (!fs::is_directory(path_, error)) throw Failure(exit_cannot_create, name() + ": is not a directory");
  if (!force && !fs::exists(file(".lock"), error)) refuse_unless_empty();
}

std::vector<fs::path> RunDirectory::files() const {
  return {config(),   metrics(),         last(),   previous(), best(),        non_finite(),
          samples(),  reconstructions(), report(), results(),  new_samples(), new_reconstructions(),
          traverse(), interpolate(),     filled()};
}

namespace {

// The directory that holds the file, with no . and .. in its name.
fs::path directory_of_file(const fs::path& file) {
  std::error_code no_directory;  // the current one may have been removed
  return fs::absolute(file, no_directory).lexically_normal().parent_path();
}

}  // namespace

bool RunDirectory::holds(const fs::path& file) const {
  return directory_of_file(file) == directory_of_file(path_ / "file");
}

bool RunDirectory::is_in(const fs::path& directory) const {
  const fs::path outer = directory_of_file(directory / "file"), own = directory_of_file(path_ / "file");
  return std::mismatch(outer.begin(), outer.end(), own.begin(), own.end()).first == outer.end();
}

void RunDirectory::clear(bool force) const {
  if (!force) return refuse_unless_empty();
  for (const fs::path& f : files()) check_replaceable(f);
  for (const fs::path& f : files()) {
    std::error_code error;
    fs::remove(f, error);
    if (error) throw Failure(exit_cannot_create, f.string() + ": cannot be removed: " + error.message());
  }
}

void RunDirectory::refuse_unless_empty() const {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error))
    if (entry.path().filename() != ".lock" && !is_temporary_name(entry.path()))
      throw Failure(exit_runtime, name() +
                                      ": is not empty; --resume continues the run in it, --force starts it "
                                      "anew, --out names another");
  if (error) throw Failure(exit_cannot_create, name() + ": cannot be read: " + error.message());
}

bool RunDirectory::holds_run() const {
  std::error_code error;
  return fs::is_regular_file(config(), error);
}

bool RunDirectory::holds_report() const {
  std::error_code error;
  return fs::exists(report(), error) && fs::exists(results(), error);
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

void RunDirectory::append_metrics(const std::vector<nlohmann::ordered_json>& rows) const {
  std::string lines;
  for (const nlohmann::ordered_json& row : rows) lines += row.dump() + "\n";
  append_lines(metrics(), lines);
}

namespace {

constexpr std::uint64_t most_metrics = 50'000'000;  // bytes, of some 50,000 epochs
constexpr std::size_t most_items_of_row = 1000;

// Whether a line, with its end, is a row of a later epoch than this, or the part of a row. What is no row is
// told by its first byte: an exception for each of millions of lines would take half a minute.
bool is_later(const std::string& line, std::uint64_t epoch) {
  const bool unfinished = line.back() != '\n';
  if (line.front() != '{' || line.find("\"epoch\"") == std::string::npos) return unfinished;
  try {
    const nlohmann::json row = parse_json(line, most_items_of_row);
    const auto of_row = row.find("epoch");
    return row.is_object() && of_row != row.end() && of_row->is_number_unsigned() && *of_row > epoch;
  } catch (const BadJson&) {
    return unfinished;
  }
}

}  // namespace

void RunDirectory::forget_metrics_after(std::uint64_t epoch) const {
  std::error_code error;
  if (!fs::is_regular_file(metrics(), error)) return;  // writing to it will say what it is
  const std::string lines = content_of(metrics(), most_metrics);
  std::string kept;
  for (std::size_t begin = 0, end; begin < lines.size(); begin = end) {
    end = std::min(lines.find('\n', begin), lines.size() - 1) + 1;
    const std::string line = lines.substr(begin, end - begin);
    if (!is_later(line, epoch)) kept += line;
  }
  if (kept != lines) write_atomically(metrics(), kept);
}

}  // namespace tools
