// Counting weights and measuring small steps.
#include "tools/run/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "autograd/ops.h"
#include "nn/layers/initialization.h"
#include "tools/config/choices.h"
#include "tools/config/make_model.h"
#include "tools/config/objective.h"
#include "tools/errors.h"
#include "tools/files/regular_file.h"
#include "tools/text.h"
#include "vae/conditional.h"
#include "vae/elbo.h"

namespace tools {

using namespace autograd;

namespace {

// The bytes of a new tape after one step on blank images.
double measured(vae::Model& model, Config c, std::size_t pixels, std::size_t images, std::size_t samples) {
  c.samples = c.importance_samples = samples;
  Tape tape;
  {
    Step scope;
    const Var x = constant(zeros({images, pixels}));
    vae::Given given = given_zeros(model, condition_size(c, pixels));
    vae::Observed observed(given);
    vae::Model& of_step = c.missing > 0 ? static_cast<vae::Model&>(observed) : given;
    backward(-mean(objective_of(c, of_step, x, Stream()).value));
  }
  return double(tape.bytes());
}

// "" if the kernel has no such file.
std::string text_of(const std::string& file) {
  try {
    return content_of_kernel_file(file, 1 << 16);
  } catch (const Failure&) {
    return "";
  }
}

}  // namespace

std::size_t count_weights(const Config& c, std::size_t pixels) {
  const nn::WeightCount counted;
  const std::unique_ptr<vae::Model> model = make_model(c, pixels);
  std::size_t count = counted.count();
  for (const auto& [name, parameter] : model->parameters()) count += parameter->value().size();  // biases
  return count;
}

// With B images and S samples of z for each, the tape takes a + B (b + cS) bytes. (S = 1 is a case of its
// own: nothing is repeated. And what VIMCO takes grows with S², so it is measured with all S.)
double tape_bytes(const Config& c, std::size_t pixels, std::uint64_t images) {
  const std::unique_ptr<vae::Model> model = make_model(c, pixels);
  const std::uint64_t S = samples_of_objective(c),
                      few = c.gradient == "vimco" ? S : std::min<std::uint64_t>(S, 2);
  const double one = measured(*model, c, pixels, 1, few), two = measured(*model, c, pixels, 2, few);
  const double per_sample = S > few ? measured(*model, c, pixels, 1, few + 1) - one : 0;
  const double per_image = two - one + double(S - few) * per_sample;
  return one + double(S - few) * per_sample + double(images - 1) * per_image;
}

// What the second of two data adds.
std::size_t rows_within(double bytes, const vae::Model& model, std::size_t pixels) {
  const auto bytes_of = [&](std::size_t rows) {
    autograd::Tape tape;
    const autograd::Evaluation scope;
    vae::log_weights(model, autograd::constant(autograd::zeros({rows, pixels})), 1, autograd::Stream());
    return double(tape.bytes());
  };
  return std::size_t(std::max(1.0, bytes / std::max(1.0, bytes_of(2) - bytes_of(1))));
}

// A line of `groups` is HIERARCHY:CONTROLLERS:PATH: "0::/a/b" in version 2, "5:memory:/a/b" in version 1. The
// path may begin outside of what a container sees, so every group up to the root is looked at.
double memory_of_control_groups(const std::string& groups, const std::string& root) {
  double least = std::numeric_limits<double>::infinity();
  const auto look = [&](const std::string& file) {
    double limit;  // "max" is no number
    if (std::istringstream(text_of(file)) >> limit) least = std::min(least, limit);
  };
  std::istringstream lines(text_of(groups));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (!controllers.empty() && ("," + controllers + ",").find(",memory,") == std::string::npos) continue;
    for (;; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      look(controllers.empty() ? root + path + "/memory.max"
                               : root + "/memory" + path + "/memory.limit_in_bytes");
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return least;
}

double memory_of_machine() {
  const double machine = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE));
  rlimit limit = {};
  const bool limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return std::min({machine, memory_of_control_groups("/proc/self/cgroup", "/sys/fs/cgroup"),
                   limited ? double(limit.rlim_cur) : machine});
}

double check_memory(const Config& c, std::size_t pixels, double data_bytes) {
  const double present = memory_of_machine();
  const auto check = [&](double needed) {
    if (needed + data_bytes > 0.8 * present)
      throw Failure(exit_usage,
                    text("this model and batch need about %.1f GB, and this process may use %.1f GB",
                         needed / 1e9, present / 1e9) +
                        ": make --" +
                        (networks_named(c.architecture) == vae::NetworkKind::dense ? "hidden" : "channels") +
                        ", --batch-size or --samples smaller");
    return needed;
  };

  // Weights, gradients, the optimizer's arrays, the average: before any of them is allocated.
  const double weights = double(count_weights(c, pixels)) * sizeof(Real);
  const double kept = 1 + double(nn::optimizer_named(c.optimizer).arrays) + (c.ema > 0);
  check((kept + 1) * weights);

  // The same with the tape, which holds the gradients.
  return check(kept * weights + tape_bytes(c, pixels, c.batch_size));
}

}  // namespace tools
