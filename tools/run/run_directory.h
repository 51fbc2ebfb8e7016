// A run's directory, and the files in it:
//
//     config.json                 the effective options; feed it back with --config
//     metrics.jsonl               one object per epoch and split
//     last.safetensors            the newest checkpoint
//     previous.safetensors        the one before
//     best.safetensors            the one with the best validation bound
//     samples.png, reconstructions.png
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tools/run/config.h"

namespace tools {

class RunDirectory {
 public:
  explicit RunDirectory(const std::filesystem::path& path) : path_(path) {}

  // Creates the directory, Failure 73 if it cannot be. One that holds anything is refused (Failure 1) unless
  // `force`; if it is no run's (no .lock) already here, before a lock is put into somebody's directory, else
  // by `clear`, when the run is known to have ended.
  void make(bool force) const;

  // Makes room for a new run in a directory that we hold: `force` removes the files of a run, and nothing
  // else.
  void clear(bool force) const;

  // Failure 66 unless there is a run here.
  void require() const;
  bool holds_run() const;
  bool holds_checkpoint() const;  // false: the run ended before the first

  std::filesystem::path file(const char* name) const { return path_ / name; }
  std::filesystem::path config() const { return file("config.json"); }
  std::filesystem::path metrics() const { return file("metrics.jsonl"); }
  std::filesystem::path last() const { return file("last.safetensors"); }
  std::filesystem::path previous() const { return file("previous.safetensors"); }
  std::filesystem::path best() const { return file("best.safetensors"); }
  std::filesystem::path non_finite() const { return file("non-finite.safetensors"); }
  std::filesystem::path samples() const { return file("samples.png"); }
  std::filesystem::path reconstructions() const { return file("reconstructions.png"); }
  std::string name() const { return path_.string(); }

  // Adds lines to metrics.jsonl: all of them, or none and false.
  bool append_metrics(const std::vector<nlohmann::ordered_json>& rows) const;

  // Removes what a killed process wrote about epochs after this one.
  void forget_metrics_after(std::uint64_t epoch) const;

 private:
  void refuse_unless_empty() const;

  std::filesystem::path path_;
};

}  // namespace tools
