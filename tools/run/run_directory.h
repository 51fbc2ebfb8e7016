// A run's directory, and the files in it:
//
//     config.json                 the complete options, for --config
//     metrics.jsonl               one object per epoch and split
//     last.safetensors            the newest checkpoint
//     previous.safetensors        the one before
//     best.safetensors            the one with the best validation bound
//     non-finite.safetensors      the state when a value was not finite
//     samples.png, reconstructions.png            of the newest weights
//     report.html, results.png    what is known of it, as a page and as a picture; by `elbo report`, too
//     new-samples.png, new-reconstructions.png    what `elbo sample` and `elbo reconstruct` draw
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace tools {

class RunDirectory {
 public:
  explicit RunDirectory(const std::filesystem::path& path) : path_(path) {}

  // Creates the directory; Failure 73 if that is impossible. Without `force`, one that is not empty is
  // refused (Failure 1): here if it is not a run's (it has no .lock), so that no lock is put into somebody's
  // directory; a run's by `clear`, when its lock is held and the run is known to have ended.
  void make(bool force) const;

  // Makes room for a new run; the lock is held. `force` removes the files of a run, and nothing else; Failure
  // 73 before it removes any if something else than a file has the name of one.
  void clear(bool force) const;

  // Failure 66 unless there is a run here.
  void require() const;
  bool holds_run() const;
  bool holds_report() const;      // the page and the picture
  bool holds_checkpoint() const;  // false if the run ended before its first

  // Whether the path is that of a file in this directory; and whether it is that of the directory, or of one
  // that this is in. Neither need exist.
  bool holds(const std::filesystem::path& file) const;
  bool is_in(const std::filesystem::path& directory) const;
  std::vector<std::filesystem::path> files() const;  // that a run writes

  std::filesystem::path file(const char* name) const { return path_ / name; }
  std::filesystem::path config() const { return file("config.json"); }
  std::filesystem::path metrics() const { return file("metrics.jsonl"); }
  std::filesystem::path last() const { return file("last.safetensors"); }
  std::filesystem::path previous() const { return file("previous.safetensors"); }
  std::filesystem::path best() const { return file("best.safetensors"); }
  std::filesystem::path non_finite() const { return file("non-finite.safetensors"); }
  std::filesystem::path samples() const { return file("samples.png"); }
  std::filesystem::path reconstructions() const { return file("reconstructions.png"); }
  std::filesystem::path new_samples() const { return file("new-samples.png"); }
  std::filesystem::path report() const { return file("report.html"); }
  std::filesystem::path results() const { return file("results.png"); }
  std::filesystem::path filled() const { return file("filled.png"); }
  std::filesystem::path traverse() const { return file("traverse.png"); }
  std::filesystem::path interpolate() const { return file("interpolate.png"); }
  std::filesystem::path new_reconstructions() const { return file("new-reconstructions.png"); }
  std::string name() const { return path_.string(); }

  // Appends rows to metrics.jsonl: all of them, or none and a Failure.
  void append_metrics(const std::vector<nlohmann::ordered_json>& rows) const;

  // Removes the rows that a killed process wrote about later epochs, and a last line that it did not finish.
  // Whatever else somebody has put there stays.
  void forget_metrics_after(std::uint64_t epoch) const;

 private:
  void refuse_unless_empty() const;

  std::filesystem::path path_;
};

}  // namespace tools
