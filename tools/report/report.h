// `elbo report`: what is known of runs, on one page that needs nothing else: it opens by a double click,
// without a network. Of several runs the page compares them.
#pragma once

#include <string>
#include <vector>

namespace tools {

struct ReportOptions {
  std::vector<std::string> runs;  // directories
  std::string checkpoint = "last";
  std::size_t images = 200;  // of each split, for log p(x) of single images
  std::size_t importance_samples = 100;
  std::size_t threads = 0;  // 0: as in training
};

// The page in HTML. Failure as of open_run.h.
std::string report(const ReportOptions& options);

}  // namespace tools
