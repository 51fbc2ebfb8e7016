// The program `elbo`: its commands and their options. What a command does is in another file; here it meets
// the command line.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <new>

#include "autograd/kernels/threads.h"
#include "tools/command.h"
#include "tools/errors.h"
#include "tools/gradcheck/gradcheck.h"
#include "tools/run/checkpoint.h"
#include "tools/run/evaluate.h"
#include "tools/run/pictures.h"
#include "tools/run/signals.h"
#include "tools/run/train.h"

namespace tools {

namespace {

const char* const exit_codes =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 a value is not finite, 65 bad data, 66 no such input, 70 "
    "internal error,\n"
    "73 cannot create a file, 74 cannot write, 75 the run is in use, 130 and 143 stopped by Ctrl-C or "
    "SIGTERM after saving.";

// ---- train ------------------------------------------------------------------------------------------------

// `given`: what was typed, over what stands in `file`, if there is one.
int run_train(const CLI::App& app, Config given, const std::optional<Config>& file, const TrainOptions& how) {
  std::set<std::string> named;
  for (const Option& option : options(given))
    if (app.count(std::string("--") + option.name)) named.insert(option.name);
  if (file) forget_settings(given, *file, named);
  if (how.resume && how.force)
    throw Failure(exit_usage, "--resume continues the run and --force removes it: take one of them");
  if (how.resume && app.count("--config"))
    throw Failure(exit_usage, "--resume goes by the run's own config.json: leave --config out");

  Config config;
  if (how.resume) {
    const RunDirectory run(out_directory(given));
    run.require();
    config = continued(stored_config(run.config().string()), given, named);
    config.out = run.name();
  } else {
    config = resolved(given);
  }
  check_used(config, given, named);
  watch_signals();
  return train(config, how);
}

Command add_train(CLI::App& app) {
  CLI::App* sub = app.add_subcommand("train", "train a model; with no option, a VAE on the built-in shapes");
  auto config = std::make_shared<Config>();
  auto how = std::make_shared<TrainOptions>();
  auto from_file = std::make_shared<std::optional<Config>>();
  sub->add_option_function<std::string>(
         "--config", [=](const std::string& file) { *from_file = *config = read_config(file); },
         "options from a JSON file such as a run's config.json; those on the command line go before")
      ->trigger_on_parse();
  for (const Option& option : options(*config)) add_option(*sub, option);
  sub->add_flag("--resume", how->resume, "continue the run in --out exactly; --epochs is the total");
  sub->add_flag("--force", how->force,
                "start anew in --out: removes the files of the run there, and nothing else");
  sub->add_flag("--quiet", how->quiet, "print warnings and errors only");
  sub->add_flag("--trace-nan", how->trace_nan,
                "stop at the first value that is not finite, and show where it comes from");
  sub->add_flag("--profile", how->profile, "first print where a step's time and memory go, by operation");
  add_option(*sub, {"graph", &how->graph,
                    "first write a step's tape into this file, as a graph for Graphviz (dot -Tsvg)"});
  return [=] { return run_train(*sub, *config, *from_file, *how); };
}

// ---- commands on a run ------------------------------------------------------------------------------------

struct RunOptions {
  std::string directory;
  std::string checkpoint = "last";
  std::uint64_t threads = 0;
};

std::shared_ptr<RunOptions> add_run_options(CLI::App& app) {
  auto options = std::make_shared<RunOptions>();
  app.add_option("DIR", options->directory, "run directory, as left by elbo train")->required();
  add_option(app, {"checkpoint", &options->checkpoint, "last, previous, best, or a file"});
  add_option(app, {"threads", &options->threads, "threads (0: as in training)"});
  return options;
}

std::filesystem::path checkpoint(const RunDirectory& run, const std::string& name) {
  if (name == "last") return newest_checkpoint(run);
  if (name == "previous") return run.previous();
  if (name == "best") return run.best();
  return name;
}

std::unique_ptr<Experiment> open_run(const RunOptions& options) {
  const RunDirectory run(options.directory);
  run.require();
  if (options.threads > 1024) throw Failure(exit_usage, "--threads is at most 1024");
  const Config config = stored_config(run.config().string());
  autograd::set_threads(options.threads ? options.threads : config.threads);
  auto experiment = std::make_unique<Experiment>(config);
  load_checkpoint(checkpoint(run, options.checkpoint), *experiment);
  if (nn::WeightAverage* average = experiment->descent->average()) average->exchange();  // for good
  return experiment;
}

Command add_eval(CLI::App& app) {
  struct Options {
    std::uint64_t samples = 5000, limit = 0;
    std::string split = "test", export_to;
    bool json = false;
  };
  CLI::App* sub =
      app.add_subcommand("eval", "the bound, and log p(x) by importance sampling, with standard errors");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"importance-samples", &o->samples, "samples of z per image for log p(x)"});
  add_option(*sub, {"limit", &o->limit, "the first N images only (0: all)"});
  add_option(*sub, {"split", &o->split, "test, validation or train"});
  add_option(*sub,
             {"export", &o->export_to, "also write x.npy, eps_0.npy, ... and elbo.npy into this directory"});
  sub->add_flag("--json", o->json, "print one JSON object");
  return [=] {
    const Split split = split_named(o->split);
    if (o->samples < 1 || o->samples > 1 << 24)
      throw Failure(exit_usage, "--importance-samples is between 1 and 16777216");
    const auto experiment = open_run(*run);
    const Report report = evaluate(*experiment, split, o->limit, o->samples, o->export_to, false);
    std::printf("%s", o->json ? (as_json(report) + "\n").c_str() : as_text(report).c_str());
    return int(exit_ok);
  };
}

Command add_sample(CLI::App& app) {
  struct Options {
    std::uint64_t count = 64, seed = 1;
    bool draw = false;
    std::string out;
  };
  CLI::App* sub =
      app.add_subcommand("sample", "draw images from the model: z ~ p(z), then the mean of p(x|z)");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"n", &o->count, "how many images"});
  add_option(*sub, {"seed", &o->seed, "seed of the draws"});
  sub->add_flag("--draw", o->draw, "draw the pixels from p(x|z) too");
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/samples.png)"});
  return [=] {
    if (o->count < 1 || o->count > 10000) throw Failure(exit_usage, "-n is between 1 and 10000");
    if (o->seed >> 56) throw Failure(exit_usage, "--seed must be below 2^56");
    const auto experiment = open_run(*run);
    const std::string file = o->out.empty() ? RunDirectory(run->directory).samples().string() : o->out;
    write_png(file, sample_sheet(*experiment, o->count, o->seed, o->draw));
    std::printf("%s\n", file.c_str());
    return int(exit_ok);
  };
}

Command add_reconstruct(CLI::App& app) {
  struct Options {
    std::uint64_t count = 8;
    std::string out;
  };
  CLI::App* sub =
      app.add_subcommand("reconstruct", "test images, and under each what the model makes of its code");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"n", &o->count, "how many images"});
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/reconstructions.png)"});
  return [=] {
    if (o->count < 1 || o->count > 10000) throw Failure(exit_usage, "-n is between 1 and 10000");
    const auto experiment = open_run(*run);
    const std::string file =
        o->out.empty() ? RunDirectory(run->directory).reconstructions().string() : o->out;
    write_png(file, reconstruction_sheet(*experiment, o->count));
    std::printf("%s\n", file.c_str());
    return int(exit_ok);
  };
}

// ---- gradcheck --------------------------------------------------------------------------------------------

Command add_gradcheck(CLI::App& app) {
  struct Options {
    std::vector<std::string> names;
    bool list = false, json = false;
  };
  CLI::App* sub = app.add_subcommand(
      "gradcheck", "check every gradient against finite differences, in double, to second order");
  auto o = std::make_shared<Options>();
  sub->add_option("NAME", o->names, "names or kinds, such as tanh, kl or bound (default: all)");
  CLI::Option* const list = sub->add_flag(
      "--list", o->list, "print what there is to check, or what NAME stands for: kind and name");
  sub->add_flag("--json", o->json, "print a JSON array of {name, kind, cases, order1, order2, ok}")
      ->excludes(list);
  return [=] {
    if (o->list) {
      for (const std::string& line : gradcheck_list(o->names)) std::printf("%s\n", line.c_str());
      return int(exit_ok);
    }
    const std::vector<GradientRow> rows = gradcheck(o->names);
    std::printf("%s", o->json ? (as_json(rows) + "\n").c_str() : as_text(rows).c_str());
    const bool ok = std::all_of(rows.begin(), rows.end(), [](const GradientRow& row) { return row.ok(); });
    return int(ok ? exit_ok : exit_runtime);
  };
}

int run(int argc, char** argv) {
  CLI::App app(
      "elbo: variational autoencoders on a small autodiff engine. `elbo train` trains one in a minute.",
      "elbo");
  app.footer(exit_codes);
  app.require_subcommand(1);
  app.set_version_flag("--version", "elbo " ELBO_VERSION);
  std::vector<std::pair<CLI::App*, Command>> commands;
  const auto add = [&](CLI::App* parent, Command (*make)(CLI::App&)) {
    Command command = make(*parent);
    commands.emplace_back(parent->get_subcommands({}).back(), std::move(command));
  };
  add(&app, add_train);
  add(&app, add_eval);
  add(&app, add_sample);
  add(&app, add_reconstruct);
  add(&app, add_gradcheck);
  CLI::App* bench = app.add_subcommand("bench", "measure speed");
  bench->require_subcommand(1);
  add(bench, add_bench_step);
  add(bench, add_bench_ops);
  add(bench, add_bench_overhead);
  add(bench, add_bench_conv);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    bool known = argc < 2 || argv[1][0] == '-';
    for (const CLI::App* sub : app.get_subcommands({})) known = known || sub->get_name() == argv[1];
    std::fprintf(stderr, "elbo: %s; see --help\n",
                 known ? e.what() : (std::string("there is no command ") + argv[1]).c_str());
    return exit_usage;
  }
  for (const auto& [sub, command] : commands)
    if (sub->parsed()) return command();
  return exit_internal;
}

// A closed stream's number would go to the next file that is opened, and what is printed into that file. This
// one refuses it.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) {
  tools::keep_standard_streams();
  const auto fail = [](int code, const char* message) {
    std::fprintf(stderr, "elbo: %s\n", message);
    return code;
  };
  try {
    const int code = tools::run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return fail(tools::exit_io, "standard output cannot be written");
    return code;
  } catch (const tools::Failure& e) {
    return fail(e.code(), e.what());
  } catch (const std::bad_alloc&) {
    return fail(tools::exit_runtime, "out of memory");
  } catch (const std::exception& e) {
    return fail(tools::exit_internal, e.what());
  }
}
