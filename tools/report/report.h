// `elbo report`: what is known of runs, on one page that needs nothing else: it opens by a double click,
// without a network. Of several runs the page compares them. Beside it an overview, as a picture.
#pragma once

#include <string>
#include <vector>

#include "tools/files/png.h"
#include "tools/run/train.h"

namespace tools {

struct ReportOptions {
  std::vector<std::string> runs;  // directories
  std::string checkpoint = "last";
  std::size_t images = 200;  // of each split, for log p(x) of single images
  std::size_t importance_samples = 100;
  std::size_t threads = 0;  // 0: as in training
};

struct RunReport {
  std::string html;
  GreyImage picture;
};

// Failures of open_run.h, and of evaluate.h.
RunReport report(const ReportOptions& options);

// The same of a run that has just been trained, in its directory, by the weights that it has now; fewer
// images and samples, so that it takes seconds.
RunReport report_at_end(const Experiment& experiment, const Progress& progress);

// Writes both: the page, and the picture beside it: of report.html results.png, of NAME.html NAME.png. Where
// the page goes to a standard stream or a device there is no place beside it, and no picture.
void write_report(const std::string& file, const RunReport& report);
void check_report_output(const std::string& file);  // fails as write_report would now

}  // namespace tools
