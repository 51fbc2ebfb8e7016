// `elbo fill`: what missing pixels may have been.
#include <cstdio>
#include <filesystem>

#include "tools/command.h"
#include "tools/commands/command_options.h"
#include "tools/commands/commands.h"
#include "tools/config/resolve_model.h"
#include "tools/data/npy.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"
#include "tools/run/fill.h"
#include "tools/run/run_directory.h"
#include "tools/text.h"

namespace tools {

namespace {

std::string description(const FilledImages& f, const std::string& images, const std::string& checkpoint) {
  std::string out = text("%.0f %% of the pixels of %zu %s are missing; effective sample size %.1f; by ",
                         100 * f.share_missing, f.x.shape(0), images.c_str(), f.effective_samples) +
                    checkpoint;
  if (f.before)
    out += text(
        "; at hidden pixels the root mean square error of the means is %.4f, that of the mean of each pixel "
        "%.4f",
        f.error_of_mean, f.error_of_pixel_means);
  return out;
}

}  // namespace

Command add_fill(CommandLine& program) {
  struct Options {
    std::optional<double> missing;
    std::uint64_t count = 0, samples = 0;
    bool means = false;
    std::string out;
  };
  CommandLine* sub = program.add_subcommand(
      "fill", "fill in the missing pixels of test images, by draws of z that are weighted by importance");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"missing", &o->missing,
                    "share of the pixels to hide (default: as in training, and of --data none)"});
  add_option(*sub, {"n", &o->count, "how many images (0: 8 in a picture, or all)"});
  add_option(*sub, {"importance-samples", &o->samples,
                    "samples of z per image (0: 500, or as many as a pass holds)"});
  sub->add_flag("--means", o->means, "in an .npy file, the mean of p(x|what is observed), not a draw");
  add_data_option(*sub, *run);
  add_option(
      *sub,
      {"o", &o->out,
       "PNG file: in each row an image, what is left of it, the mean and draws of what it may "
       "have been; or .npy file of filled images, [N,H,W], as the model sees images: floats in their own "
       "units, bytes from 0 to 1, or pixels of 0 and 1 (default: DIR/filled.png)"});
  return [=] {
    const bool is_array = std::filesystem::path(o->out).extension() == ".npy";
    if (!is_array && !o->out.empty() && std::filesystem::path(o->out).extension() != ".png")
      throw Failure(exit_usage, "-o " + o->out + ": name it .png for a picture, or .npy for filled images");
    check_output(o->out.empty() ? RunDirectory(run->directory).filled().string() : o->out);
    if (o->means && !is_array) throw Failure(exit_usage, "--means is of an .npy file, as by -o filled.npy");
    if (o->count > 1000000) throw Failure(exit_usage, "-n is at most 1000000");
    require("missing", !o->missing || (*o->missing >= 0 && autograd::Real(*o->missing) < 1),
            "at least 0 and below 1");
    RunOptions with = *run;
    with.missing = o->missing;
    const OpenRun open = open_run(with, Needs::images);
    const Experiment& e = *open.experiment;
    const std::size_t all = e.data.test.count, wanted = o->count ? o->count : is_array ? all : 8;
    const FilledImages f = fill_images(e, Split::test, std::min(all, wanted), o->samples, is_array ? 1 : 5);
    const std::string text =
        description(f, (run->data.empty() ? "test images of " : "images of ") + printable(e.data.name, 1000),
                    open.checkpoint);
    if (!is_array)
      return write_picture(filled_sheet(e, f), text, o->out, RunDirectory(run->directory).filled());
    autograd::Array filled = e.in_units_of_data(o->means ? f.mean : f.draws);
    filled.reshape({filled.shape(0), e.data.test.height, e.data.test.width});
    write_npy(o->out, filled);
    std::fprintf(stderr, "%s\n", text.c_str());
    std::printf("%s\n", o->out.c_str());
    return int(exit_ok);
  };
}

}  // namespace tools
