// A profile over some steps, and the graph of one.
#include "tools/run/inspect_step.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "autograd/inspect/graph.h"
#include "autograd/inspect/profile.h"
#include "autograd/ops.h"
#include "tools/config/objective.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"

namespace tools {

using namespace autograd;

Var trial_loss(const Experiment& e) {
  const std::size_t count = std::min<std::size_t>(e.config.batch_size, e.data.train.count);
  const ImageIndices images = index_range(0, count);
  vae::Given model = e.given(Split::train, images);
  return -mean(objective_of(e.config, model, constant(e.batch(Split::train, images)), e.stream()).value);
}

void print_profile(const Experiment& experiment) {
  const auto step = [&] {
    Step scope;
    backward(trial_loss(experiment));
  };
  step();  // warms up
  const int steps = 20;
  Profile profile;
  for (int i = 0; i < steps; ++i) step();
  std::printf("a step without the optimizer, by operation:\n%s", profile.table(steps).c_str());
}

void check_graph(const std::string& file, const RunDirectory& run, bool prints) {
  if (prints && standard_stream(file) == STDOUT_FILENO)
    throw Failure(exit_usage, "--graph " + file +
                                  ": the result is printed there too: name a file, or add --quiet and leave "
                                  "--profile out");
  if (run.is_in(file)) throw Failure(exit_usage, "--graph " + file + ": is a directory of the run");
  if (!run.holds(file)) return check_output(file);
  for (const std::filesystem::path& own : run.files())
    if (own.filename() == std::filesystem::path(file).filename())
      throw Failure(exit_usage, "--graph " + file + ": the run has a file of that name of its own");
}

void write_graph(const Experiment& experiment, const std::string& file) {
  Step scope;
  backward(trial_loss(experiment));
  write_output(file, to_dot(Tape::current()));
}

}  // namespace tools
