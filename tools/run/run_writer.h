// What a run writes into its directory while it trains: options, checkpoints, metrics, pictures. Whatever
// cannot be written leaves the file before it in place, is told, and waits for the next time: training goes
// on. The files are listed in run_directory.h.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/run/run_directory.h"
#include "tools/run/run_lock.h"
#include "tools/run/train.h"

namespace tools {

class RunWriter {
 public:
  // Writes what becomes of these. `warn` gets a line for each thing that cannot be written.
  RunWriter(Experiment& experiment, Progress& progress, std::function<void(const std::string&)> warn)
      : directory_(experiment.config.out), experiment_(experiment), progress_(progress), warn_(warn) {}

  // Take the directory for a new run; or that of a run, from whose newest checkpoint weights and progress
  // are set. Failures of run_directory.h, run_lock.h and checkpoint.h.
  void begin(bool force);
  void resume();

  // The newest checkpoint, the one before and, if it is that, the best.
  void save();
  // Weights and progress become those of the best checkpoint.
  void go_back_to_best();
  // Saves the state beside the checkpoints, for finding the cause of a value that is not finite, and says
  // where it is, or why not.
  std::string save_not_finite();

  void write_metrics(std::vector<nlohmann::ordered_json> rows);
  bool has_result() const;  // the last row is of the test images, as of a run that has ended

  // Pictures of the averaged weights, if there are any.
  void draw();

  // Why checkpoints, or rows of the metrics, could not be written; empty if they are.
  const std::string& unsaved() const { return unsaved_; }
  const std::string& unwritten() const { return unwritten_; }

 private:
  void load();
  void write_config() const;

  const RunDirectory directory_;
  std::optional<RunLock> lock_;
  Experiment& experiment_;
  Progress& progress_;
  const std::function<void(const std::string&)> warn_;
  std::string unsaved_;
  std::string best_;  // the best checkpoint, as long as it could not be written
  std::vector<nlohmann::ordered_json> unwritten_metrics_;
  std::string unwritten_;
  std::set<std::string> failed_pictures_;  // why some could not be written, as it was told
};

}  // namespace tools
