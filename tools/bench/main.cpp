// The program `elbo-bench`, which `elbo bench …` starts, and with libtorch to compare with `elbo-libtorch`:
// its command line. What is measured is in bench.h.
#include <cstdio>
#include <cstring>
#include <functional>

#include "autograd/threads.h"
#include "tools/bench/bench.h"
#include "tools/bench/busy.h"
#include "tools/command.h"
#include "tools/config/resolve.h"
#include "tools/errors.h"
#include "tools/program.h"
#include "tools/run/memory.h"

namespace tools {

namespace {

// Measures, prints, and says if others used the machine when it began.
int run_bench(const std::function<BenchTable()>& measure, bool json) {
  const double busy = busy_share();
  const BenchTable table = measure();
  std::printf("%s", json ? (as_json(table) + "\n").c_str() : as_text(table).c_str());
  if (busy > 0.2)
    std::fprintf(stderr,
                 "elbo: warning: the machine was busy with other work (%.0f %% of its processors' time): the "
                 "times are too long, and the ratios less sure\n",
                 100 * busy);
  return exit_ok;
}

Command add_step(CommandLine& program) {
  struct Options {
    std::uint64_t batch_size = 100, hidden = 500, latent = 20, threads = 0;
    bool json = false;
  };
  CommandLine* sub =
      program.add_subcommand("step", "a full training step against its eleven products and one pass of Adam");
  auto o = std::make_shared<Options>();
  add_option(*sub, {"batch-size", &o->batch_size, "images per step"});
  add_option(*sub, {"hidden", &o->hidden, "hidden units H"});
  add_option(*sub, {"latent", &o->latent, "latents Z"});
  add_option(*sub, {"threads", &o->threads, "threads (0: chosen)"});
  sub->add_flag("--json", o->json, "print a JSON array");
  return [=] {
    Config checked;
    checked.batch_size = o->batch_size, checked.hidden = {o->hidden}, checked.latent = {o->latent},
    checked.threads = o->threads;
    checked = resolved(checked);
    check_memory(checked, 784);
    autograd::set_threads(checked.threads);
    return run_bench([&] { return bench_step(o->batch_size, o->hidden, o->latent, make_peer().get()); },
                     o->json);
  };
}

Command add_evidence(CommandLine& program) {
  struct Options {
    std::uint64_t hidden = 500, latent = 20;
    bool json = false;
  };
  CommandLine* sub = program.add_subcommand(
      "evidence", "log p(x) by importance sampling, against the products of the decoder");
  auto o = std::make_shared<Options>();
  add_option(*sub, {"hidden", &o->hidden, "hidden units H"});
  add_option(*sub, {"latent", &o->latent, "latents Z"});
  sub->add_flag("--json", o->json, "print a JSON array");
  return [=] {
    Config checked;
    checked.hidden = {o->hidden}, checked.latent = {o->latent};
    checked = resolved(checked);
    check_memory(checked, 784);
    return run_bench([&] { return bench_evidence(o->hidden, o->latent); }, o->json);
  };
}

Command add_ops(CommandLine& program) {
  struct Options {
    std::vector<std::string> names;
    bool json = false;
  };
  CommandLine* sub = program.add_subcommand(
      "ops", "every operation on numbers, reductions, movements: ns per element of value and gradient");
  auto o = std::make_shared<Options>();
  sub->add_arguments("NAME", o->names, "how the names of those to measure start (default: all)");
  sub->add_flag("--json", o->json, "print a JSON array");
  return [=] { return run_bench([&] { return bench_ops(o->names, make_peer().get()); }, o->json); };
}

Command add_overhead(CommandLine& program) {
  CommandLine* sub =
      program.add_subcommand("overhead", "one operation on [4], forward and backward: what the tape costs");
  auto json = std::make_shared<bool>(false);
  sub->add_flag("--json", *json, "print a JSON array");
  return [=] { return run_bench([] { return bench_overhead(make_peer().get()); }, *json); };
}

Command add_conv(CommandLine& program) {
  CommandLine* sub =
      program.add_subcommand("conv", "convolutions of 32 images, forward and both gradients, in GFLOP/s");
  auto json = std::make_shared<bool>(false);
  sub->add_flag("--json", *json, "print a JSON array");
  return [=] { return run_bench([] { return bench_conv(make_peer().get()); }, *json); };
}

int run(int argc, char** argv) {
  // The word `bench` may stand first, so that `elbo-libtorch bench step` reads like `elbo bench step`.
  if (argc > 1 && std::strcmp(argv[1], "bench") == 0) --argc, ++argv;

  autograd::set_threads(resolved(Config()).threads);
  CommandLine program("elbo bench", "measure speed", exit_codes);
  return run_command(program, {add_step, add_evidence, add_ops, add_overhead, add_conv}, argc, argv);
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) { tools::run_program(argc, argv, tools::run); }
