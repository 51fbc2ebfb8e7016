// Counting weights and measuring small steps.
#include "tools/run/memory.h"

#include <unistd.h>

#include <algorithm>

#include "autograd/ops.h"
#include "nn/layers/initialization.h"
#include "tools/errors.h"
#include "tools/run/choices.h"
#include "tools/run/make_model.h"

namespace tools {

using namespace autograd;

namespace {

// The bytes of a new tape after one step on blank images.
double measured(const vae::Model& model, const Config& c, std::size_t pixels, std::size_t images,
                std::size_t samples) {
  Tape tape;
  {
    Step scope;
    const Var x = constant(zeros({images, pixels}));
    backward(-mean(vae::elbo(model, x, samples, kl_form_named(c.kl), Stream()).elbo));
  }
  return double(tape.bytes());
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
// own: nothing is repeated.)
double tape_bytes(const Config& c, std::size_t pixels, std::uint64_t images) {
  const std::unique_ptr<vae::Model> model = make_model(c, pixels);
  const std::uint64_t S = c.samples, few = std::min<std::uint64_t>(S, 2);
  const double one = measured(*model, c, pixels, 1, few), two = measured(*model, c, pixels, 2, few);
  const double per_sample = S > few ? measured(*model, c, pixels, 1, few + 1) - one : 0;
  const double per_image = two - one + double(S - few) * per_sample;
  return one + double(S - few) * per_sample + double(images - 1) * per_image;
}

double memory_of_machine() { return double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE)); }

double check_memory(const Config& c, std::size_t pixels) {
  const double present = memory_of_machine();
  const auto check = [&](double needed) {
    if (needed > 0.8 * present)
      throw Failure(exit_usage,
                    "this model and batch need about " + std::to_string(std::uint64_t(needed / 1e9)) +
                        " GB, and the machine has " + std::to_string(std::uint64_t(present / 1e9)) +
                        " GB: make --hidden, --batch-size or --samples smaller");
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
