// `elbo factors`: what latents tell of the factors of the built-in shapes.
#include <cstdio>

#include "tools/command.h"
#include "tools/commands/command_options.h"
#include "tools/commands/commands.h"
#include "tools/config/choices.h"
#include "tools/errors.h"
#include "tools/run/factor_report.h"
#include "tools/text.h"

namespace tools {

Command add_factors(CommandLine& program) {
  struct Options {
    std::uint64_t limit = 5000, parts = 10;
    std::string split = "test";
    bool json = false;
  };
  CommandLine* sub = program.add_subcommand(
      "factors",
      "what each latent tells of the factors that the built-in shapes were drawn from, and the mutual "
      "information gap");
  auto run = add_run_options(*sub);
  auto o = std::make_shared<Options>();
  add_option(*sub, {"limit", &o->limit, "the first N images only (0: all); the work grows as N^2"});
  add_option(*sub, {"split", &o->split, "images: " + listed(split_names())});
  add_option(*sub,
             {"parts", &o->parts,
              "equal parts of the images, by the size of a factor that is a real number, which stand for "
              "its values"});
  sub->add_flag("--json", o->json, "print one JSON object");
  return [=] {
    const Split split = split_named(o->split);
    const OpenRun open = open_run(*run, Needs::images);
    const FactorReport report = factor_report(*open.experiment, split, o->limit, o->parts);
    if (o->json) {
      std::printf("%s\n", as_json(report).c_str());
      return int(exit_ok);
    }
    std::printf("%zu %s images of %s; %s\n%s", report.images, o->split.c_str(),
                printable(open.experiment->data.name, 1000).c_str(), open.checkpoint.c_str(),
                as_text(report).c_str());
    return int(exit_ok);
  };
}

}  // namespace tools
