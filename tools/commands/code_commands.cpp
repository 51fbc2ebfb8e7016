// Commands about the codes of images: encode, score, traverse, interpolate, report; and check, about files.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tools/command.h"
#include "tools/commands/check_file.h"
#include "tools/commands/command_options.h"
#include "tools/commands/commands.h"
#include "tools/config/choices.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/report/report.h"
#include "tools/run/codes.h"
#include "tools/run/pictures.h"
#include "tools/run/run_directory.h"
#include "tools/text.h"

namespace tools {

namespace {

struct CodeOptions {
  std::uint64_t samples = 0, limit = 0;
  bool means = false;
  std::string split = "test", out;
  bool json = false;

  std::size_t count(const Experiment& e) const {
    const std::size_t all = e.data[split_named(split)].count;
    return limit ? std::min<std::size_t>(limit, all) : all;
  }
};

void add_code_options(CommandLine& command, CodeOptions& o) {
  add_option(command,
             {"importance-samples", &o.samples, "samples of z per image for log p(x) (0: without it)"});
  add_option(command, {"limit", &o.limit, "the first N images only (0: all)"});
  add_option(command, {"split", &o.split, "images: " + listed(split_names())});
}

void check(const RunOptions& run, const CodeOptions& o) {
  if (o.samples > 1 << 24) throw Failure(exit_usage, "--importance-samples is at most 16777216");
  if (split_named(o.split) != Split::test && !run.data.empty())
    throw Failure(exit_usage, "--split is of the run's images, and --data has others: take one of them");
}

std::string images_of(const RunOptions& run, const CodeOptions& o, const Experiment& e) {
  return (run.data.empty() ? o.split + " " : "") + "images of " + printable(e.data.name, 1000);
}

}  // namespace

Command add_encode(CommandLine& program) {
  CommandLine* sub =
      program.add_subcommand("encode", "the codes of images as .npy files: q(z|x) and a draw of it");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<CodeOptions>();
  add_code_options(*sub, *o);
  add_data_option(*sub, *run);
  sub->add_flag("--means", o->means, "also x_mean.npy, the mean of p(x|z) at the draw of each image");
  add_option(*sub, {"o", &o->out,
                    "directory for mu_T.npy, sigma_T.npy and z_T.npy of each level T, elbo.npy, "
                    "log_px.npy and labels.npy (default: DIR/codes)"});
  return [=] {
    check(*run, *o);
    const OpenRun open = open_run(*run, Needs::images);
    const Experiment& e = *open.experiment;
    const std::string out =
        o->out.empty() ? (std::filesystem::path(run->directory) / "codes").string() : o->out;
    write_codes(e, split_named(o->split), o->count(e), out, {o->samples, o->means, false});
    std::fprintf(stderr, "codes of %zu %s by %s\n", o->count(e), images_of(*run, *o, e).c_str(),
                 open.checkpoint.c_str());
    std::printf("%s\n", out.c_str());
    return int(exit_ok);
  };
}

Command add_score(CommandLine& program) {
  CommandLine* sub = program.add_subcommand(
      "score",
      "how likely the model finds each image: its bound, log p(x), and its place among validation images");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<CodeOptions>();
  o->samples = 100;
  add_code_options(*sub, *o);
  add_data_option(*sub, *run);
  sub->add_flag("--json", o->json, "print a JSON object for each image");
  return [=] {
    check(*run, *o);
    // The validation images are the run's own, also if others are scored.
    RunOptions own = *run;
    own.data.clear();
    const OpenRun with_own = open_run(own, Needs::images);
    const std::size_t among = std::min<std::size_t>(1000, with_own.experiment->data.validation.count);
    const Scores known = score(*with_own.experiment, Split::validation, among, o->samples, false);
    const std::optional<OpenRun> other =
        run->data.empty() ? std::nullopt : std::optional(open_run(*run, Needs::images));
    const OpenRun& open = other ? *other : with_own;
    const Experiment& e = *open.experiment;
    const Scores found = score(e, split_named(o->split), o->count(e), o->samples, false);

    const bool has_log_px = !found.log_px.empty();
    std::fprintf(stderr, "%s by %s; p is the share of %zu validation images that are as unlikely\n",
                 images_of(*run, *o, e).c_str(), open.checkpoint.c_str(), among);
    if (std::abs(found.share_missing - known.share_missing) > 0.01)
      std::fprintf(
          stderr,
          "elbo: warning: %.2g %% of their pixels are missing, and %.2g %% of the validation images': "
          "p compares the log p of other numbers of pixels\n",
          100 * found.share_missing, 100 * known.share_missing);
    if (!o->json) std::printf("%8s %12s %12s %8s\n", "image", "bound", "log p(x)", "p");
    for (std::size_t i = 0; i < found.elbo.size(); ++i) {
      const double p =
          has_log_px ? p_value(found.log_px[i], known.log_px) : p_value(found.elbo[i], known.elbo);
      if (o->json) {
        nlohmann::ordered_json row = {{"image", i}, {"elbo", found.elbo[i]}, {"p", p}};
        if (has_log_px) row["log_px"] = found.log_px[i];
        std::printf("%s\n", row.dump().c_str());
      } else {
        std::printf("%8zu %12.3f %12s %8.4f\n", i, found.elbo[i],
                    has_log_px ? text("%.3f", found.log_px[i]).c_str() : "-", p);
      }
    }
    return int(exit_ok);
  };
}

Command add_traverse(CommandLine& program) {
  struct Options : TraverseOptions {
    std::string out;
  };
  CommandLine* sub = program.add_subcommand(
      "traverse",
      "what single latents do: a row of images for each, from -3 to 3 deviations; of two latents a map");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub,
             {"level", &o->level, "level of z, from 0 on; levels below are at the mean of their prior"});
  add_option(*sub, {"n", &o->count, "how many latents, those that tell most of the image"});
  add_option(*sub, {"image", &o->image, "number of the test image whose code is kept but for that latent"});
  add_data_option(*sub, *run);
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/traverse.png)"});
  return [=] {
    check_count(o->count);
    check_picture_name(o->out);
    const OpenRun open = open_run(*run, Needs::images);
    return write_picture(traverse_sheet(*open.experiment, *o), "latents of " + open.checkpoint, o->out,
                         RunDirectory(run->directory).traverse());
  };
}

Command add_interpolate(CommandLine& program) {
  struct Options {
    std::uint64_t count = 8;
    std::string out;
  };
  CommandLine* sub = program.add_subcommand(
      "interpolate", "from one test image to the next, along a straight line between their z");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"n", &o->count, "how many pairs of images"});
  add_data_option(*sub, *run);
  add_option(*sub, {"o", &o->out, "PNG file (default: DIR/interpolate.png)"});
  return [=] {
    check_count(o->count);
    check_picture_name(o->out);
    const OpenRun open = open_run(*run, Needs::images);
    return write_picture(interpolation_sheet(*open.experiment, o->count),
                         "between images of " + open.experiment->data.name + " by " + open.checkpoint, o->out,
                         RunDirectory(run->directory).interpolate());
  };
}

Command add_report(CommandLine& program) {
  struct Options : ReportOptions {
    std::string out;
    std::uint64_t images = 200, samples = 100;
  };
  CommandLine* sub = program.add_subcommand(
      "report", "a page of what is known of runs: numbers, curves, images; it compares several");
  auto o = std::make_shared<Options>();
  sub->add_arguments("DIR", o->runs, "run directories, as left by elbo train");
  add_option(*sub, {"checkpoint", &o->checkpoint, "last, previous, best, or a file"});
  add_option(*sub,
             {"images", &o->images, "test images, and validation images, for log p(x) of single images"});
  add_option(*sub, {"importance-samples", &o->samples, "samples of z per image for log p(x)"});
  add_option(*sub, {"o", &o->out,
                    "HTML file, which needs no other (default: report.html in the first run); an "
                    "overview is written beside it, as FILE.png, or beside report.html as results.png"});
  return [=] {
    if (o->images < 1 || o->images > 1000000) throw Failure(exit_usage, "--images is between 1 and 1000000");
    if (o->samples < 1 || o->samples > 1 << 24)
      throw Failure(exit_usage, "--importance-samples is between 1 and 16777216");
    ReportOptions how = *o;
    how.images = o->images, how.importance_samples = o->samples;
    const std::string out = o->out.empty() ? RunDirectory(how.runs.front()).report().string() : o->out;
    for (const std::string& run : how.runs) RunDirectory(run).require();
    check_report_output(out);
    write_report(out, report(how));
    std::printf("%s\n", out.c_str());
    return int(exit_ok);
  };
}

Command add_check(CommandLine& program) {
  CommandLine* sub = program.add_subcommand("check", "say of each file what it is, and whether it is whole");
  auto files = std::make_shared<std::vector<std::string>>();
  sub->add_arguments("FILE", *files,
                     "checkpoints, arrays, pictures, data sets, configurations, or run directories");
  return [=] {
    int code = exit_ok;
    for (const std::string& file : *files) {
      try {
        std::printf("%s: %s\n", printable(file, 2000).c_str(), what_is(file).c_str());
      } catch (const Failure& failure) {
        std::printf("%s\n", failure.what());
        code = failure.code();
      }
    }
    return code;
  };
}

}  // namespace tools
