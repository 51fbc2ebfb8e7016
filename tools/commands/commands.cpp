// `elbo train`, and the commands on a run: eval, sample, reconstruct. Others are in code_commands.cpp.
#include "tools/commands/commands.h"

#include <cstdio>
#include <filesystem>

#include "tools/commands/command_options.h"
#include "tools/config/choices.h"
#include "tools/config/config_file.h"
#include "tools/config/presets.h"
#include "tools/config/resolve.h"
#include "tools/data/dataset.h"
#include "tools/errors.h"
#include "tools/report/report.h"
#include "tools/run/evaluate.h"
#include "tools/run/open_run.h"
#include "tools/run/pictures.h"
#include "tools/run/run_directory.h"
#include "tools/run/signals.h"
#include "tools/run/training_run.h"

namespace tools {

// ---- train ------------------------------------------------------------------------------------------------

namespace {

// "quick, …; …"
std::string list_of_presets() {
  std::string list;
  for (const Preset& preset : presets())
    list += (list.empty() ? "" : "; ") + std::string(preset.name) + ", " + preset.help;
  return list;
}

// The report of a run that has ended. One that cannot be made is not worth the run.
void leave_report(const Experiment& experiment, const Progress& progress, bool quiet) {
  const std::string file = RunDirectory(experiment.config.out).report().string();
  try {
    write_report(file, report_at_end(experiment, progress));
    if (!quiet) std::printf("report:          %s\n", printable(file, 1000).c_str());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "elbo: warning: no report: %s\n", printable(failure.what(), 2000).c_str());
  }
}

struct ConfigFile {
  std::string name;
  Config config;
};

// `given` are the options on the command line, over those of `file` if there is one; `resumed_run` is the
// directory after --resume.
int run_train(const CommandLine& line, Config given, const std::optional<ConfigFile>& file,
              const std::string& resumed_run, TrainingRunOptions how, bool no_report) {
  // See which options were typed.
  std::set<std::string> typed;
  for (const Option& option : options(given))
    if (line.given("--" + option.name)) typed.insert(option.name);
  if (file) drop_settings_of_file(given, file->config, typed);
  how.resume = line.given("--resume");
  if (!resumed_run.empty() && typed.count("out"))
    throw Failure(exit_usage, "--resume " + resumed_run + " names the run already: leave --out away");
  if (!resumed_run.empty()) given.out = resumed_run;
  if (how.resume && how.force)
    throw Failure(exit_usage, "--resume continues the run and --force removes it: take one of them");
  for (const char* source : {"--config", "--preset"})
    if (how.resume && line.given(source))
      throw Failure(exit_usage,
                    std::string("--resume goes by the run's own config.json: leave ") + source + " out");
  if (how.resume && !how.init.empty())
    throw Failure(exit_usage, "--resume goes on with the run's own weights: leave --init out");
  if (line.given("--config") && line.given("--preset"))
    throw Failure(exit_usage, "--config and --preset both give options: take one of them");

  // Complete them, or compare them with those of the run to resume.
  Config config;
  if (how.resume) {
    const RunDirectory run(out_directory(given));
    run.require();
    config = resumed(read_config_of_run(run.config().string()), given, typed);
    config.out = run.name();
  } else {
    config = file ? resolved_over(given, file->config, file->name) : resolved(given);
  }
  check_applicable(config, given, typed);
  watch_signals();
  if (!no_report)
    how.at_end = [&](const Experiment& e, const Progress& progress) { leave_report(e, progress, how.quiet); };
  return run_training(config, how);
}

}  // namespace

Command add_train(CommandLine& program) {
  CommandLine* sub =
      program.add_subcommand("train", "train a model; with no option, a VAE on the built-in shapes");
  auto config = std::make_shared<Config>();
  auto how = std::make_shared<TrainingRunOptions>();
  auto no_report = std::make_shared<bool>(false);
  auto from_file = std::make_shared<std::optional<ConfigFile>>();
  sub->add_option_at_once(
      "--config",
      [=](const std::string& file) {
        *from_file = {file, *config = read_config(file)};
      },
      "options from a JSON file such as a run's config.json; options on the command line take precedence");
  sub->add_option_at_once(
      "--preset",
      [=](const std::string& name) {
        *from_file = {"preset " + name, *config = preset_named(name)};
      },
      "options that are known to be good: " + list_of_presets() +
          "; options on the command line take precedence");
  for (const Option& option : options(*config)) add_option(*sub, option);
  auto resumed_run = std::make_shared<std::string>();
  sub->add_flag_or_option(
      "--resume", [=](const std::string& run) { *resumed_run = run; },
      "continue this run, or the one in --out, exactly; --epochs is the total", "[DIR]");
  sub->add_flag("--force", how->force,
                "start anew in --out: removes the files of the run there, and nothing else");
  sub->add_flag("--quiet", how->quiet, "print warnings and errors only");
  sub->add_flag("--no-report", *no_report,
                "leave report.html and results.png out at the end; `elbo report` makes them at any time");
  sub->add_flag("--trace-nan", how->trace_nan,
                "stop at the first value that is not finite, and show where it comes from");
  sub->add_flag("--profile", how->profile, "first print where a step's time and memory go, by operation");
  add_option(*sub,
             {"init", &how->init,
              "begin with the weights in this safetensors file, such as a checkpoint, by their names: all "
              "that the model has; others are not looked at"});
  add_option(*sub, {"graph", &how->graph,
                    "first write a step's tape into this file, as a graph for Graphviz (dot -Tsvg)"});
  return [=] { return run_train(*sub, *config, *from_file, *resumed_run, *how, *no_report); };
}

// ---- commands on a run ------------------------------------------------------------------------------------

Command add_eval(CommandLine& program) {
  struct Options {
    std::uint64_t samples = 5000, limit = 0, simulate = 0, temperatures = 500, chains = 8;
    std::string evidence = "importance", split = "test", export_to;
    bool json = false;
    DiagnosisOptions diagnosis;
  };
  CommandLine* sub = program.add_subcommand("eval", "the bound, and log p(x), with standard errors");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub,
             {"evidence", &o->evidence,
              "log p(x) by importance sampling, by annealing (from below), or enclosed from both sides, "
              "of simulated images: " +
                  listed(evidence_names())});
  add_option(*sub, {"importance-samples", &o->samples, "samples of z per image for log p(x)"});
  add_option(*sub, {"temperatures", &o->temperatures, "of annealing, from the prior to the posterior"});
  add_option(*sub, {"chains", &o->chains, "of annealing, for each image"});
  add_option(*sub,
             {"simulate", &o->simulate, "evaluate N images drawn from the model itself (0: real ones)"});
  add_option(*sub, {"limit", &o->limit, "the first N images only (0: all)"});
  add_option(*sub, {"split", &o->split, "images to evaluate: " + listed(split_names())});
  add_option(*sub, {"export", &o->export_to,
                    "also write x.npy, eps_0.npy, ..., elbo.npy and log_px.npy into this directory"});
  sub->add_flag("--active-units", o->diagnosis.active_units,
                "how many latents depend on the image (the variance of their posterior means is above 0.01)");
  sub->add_flag(
      "--gaps", o->diagnosis.gaps,
      "how much of log p(x) - bound is due to the family of q, and how much to one encoder for all images");
  add_data_option(*sub, *run);
  sub->add_flag("--json", o->json, "print one JSON object");
  return [=] {
    const Split split = split_named(o->split);
    if (o->samples < 1 || o->samples > 1 << 24)
      throw Failure(exit_usage, "--importance-samples is between 1 and 16777216");
    if (o->temperatures < 1 || o->temperatures > 1 << 20)
      throw Failure(exit_usage, "--temperatures is between 1 and 1048576");
    if (o->chains < 1 || o->chains > 1 << 16) throw Failure(exit_usage, "--chains is between 1 and 65536");
    if (o->simulate > 1 << 24) throw Failure(exit_usage, "--simulate is at most 16777216");
    if (!run->data.empty() && split != Split::test)
      throw Failure(exit_usage, "--split is of the run's images, and --data has others: take one of them");
    if (!run->data.empty() && o->simulate)
      throw Failure(exit_usage, "--simulate draws images, and --data has others: take one of them");
    if (o->simulate && split != Split::test)
      throw Failure(exit_usage, "--simulate draws images, and --split is of the run's: take one of them");
    const bool annealed = evidence_named(o->evidence) != EvidenceMethod::importance;
    if (annealed && o->samples != Options().samples)
      throw Failure(exit_usage, "--importance-samples means nothing under --evidence " + o->evidence);
    if (!annealed && (o->temperatures != Options().temperatures || o->chains != Options().chains))
      throw Failure(exit_usage, "--temperatures and --chains are of --evidence ais and interval");
    const OpenRun open = open_run(*run, o->simulate ? Needs::image_size : Needs::images);
    EvaluationOptions how;
    how.limit = o->limit, how.simulate = o->simulate, how.export_to = o->export_to, how.quiet = false;
    how.diagnosis = o->diagnosis;
    how.evidence.method = evidence_named(o->evidence);
    how.evidence.importance_samples = o->samples;
    how.evidence.annealing.temperatures = o->temperatures, how.evidence.annealing.chains = o->chains;
    Report report = evaluate(*open.experiment, split, how);
    report.checkpoint = open.checkpoint;
    report.data = o->simulate ? "the model's own" : printable(open.experiment->data.name, 1000);
    report.split = run->data.empty() && !o->simulate ? name_of(split) : "";
    std::printf("%s", o->json ? (as_json(report) + "\n").c_str() : as_text(report).c_str());
    return int(exit_ok);
  };
}

Command add_sample(CommandLine& program) {
  struct Options : SampleOptions {
    std::string out;
  };
  CommandLine* sub =
      program.add_subcommand("sample", "draw images from the model: z ~ p(z), then the mean of p(x|z)");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"n", &o->count, "how many images (0: 64, or 8 of each class)"});
  add_option(*sub, {"seed", &o->seed, "seed of the draws"});
  sub->add_flag("--draw", o->draw, "draw the pixels from p(x|z) too");
  add_option(*sub, {"levels-fixed", &o->levels_fixed,
                    "levels of z, the first ones, that the images of each row share: what the others add"});
  add_option(*sub, {"temperature", &o->temperature,
                    "factor of each z's distance from the mean of p(z_t|z_<t): below 1 likelier images, and "
                    "less varied"});
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/new-samples.png)"});
  return [=] {
    if (o->count > 0) check_count(o->count);
    if (o->seed >> 56) throw Failure(exit_usage, "--seed must be below 2^56");
    if (!(o->temperature >= 0 && o->temperature <= 1000))
      throw Failure(exit_usage, "--temperature is between 0 and 1000");
    check_picture_name(o->out);
    const OpenRun open = open_run(*run, Needs::image_size);
    return write_picture(sample_sheet(*open.experiment, *o), "samples of " + open.checkpoint, o->out,
                         RunDirectory(run->directory).new_samples());
  };
}

Command add_reconstruct(CommandLine& program) {
  struct Options {
    std::uint64_t count = 8;
    std::string out;
  };
  CommandLine* sub = program.add_subcommand(
      "reconstruct",
      "test images, under each the pixels of 0 and 1 made of it, and its reconstruction, the mean of p(x|z)");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"n", &o->count, "how many images"});
  add_data_option(*sub, *run);
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/new-reconstructions.png)"});
  return [=] {
    check_count(o->count);
    check_picture_name(o->out);
    const OpenRun open = open_run(*run, Needs::images);
    return write_picture(reconstruction_sheet(*open.experiment, o->count),
                         (run->data.empty() ? "test images of " : "images of ") + open.experiment->data.name +
                             " by " + open.checkpoint,
                         o->out, RunDirectory(run->directory).new_reconstructions());
  };
}

}  // namespace tools
