// What a training run tells on the terminal: what is trained, a line of progress, a line per epoch, warnings,
// and the result.
#pragma once

#include "tools/run/progress_line.h"
#include "tools/run/run_directory.h"
#include "tools/run/train.h"

namespace tools {

class TrainingReport {
 public:
  // All three must outlive it. A quiet one tells warnings only.
  TrainingReport(const Experiment& experiment, const Progress& progress, const RunDirectory& directory,
                 bool quiet);

  void begin();  // what is about to be trained, and the memory that it takes
  void step(const UpdateResult& update, double images_per_s);
  void epoch(const BoundTotals& trained, const BoundTotals& validation, const UpdateTotals& updates,
             double images_per_s, bool best);
  void stopped();
  void finished_before();                // a resumed run has nothing left to do
  void result(const BoundTotals& test);  // on stdout
  void warning(const std::string& message) { line_.warning(message); }

 private:
  std::string epoch_text(std::uint64_t epoch) const;      // "epoch 2/20"
  std::uint64_t work_done() const, work_planned() const;  // 0: not known
  void about_data();

  const Experiment& experiment_;
  const Progress& progress_;
  const RunDirectory& directory_;
  ProgressLine line_;
};

}  // namespace tools
