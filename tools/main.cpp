// The program `elbo`: it parses the command line, runs a command, and turns errors into exit codes. The
// commands are in run/commands.cpp and bench/commands.cpp.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "tools/command.h"
#include "tools/errors.h"
#include "tools/gradcheck/gradcheck.h"

namespace tools {

namespace {

const char* const exit_codes =
    "Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 a value is not finite, 65 bad data, 66 no such input, 70 "
    "internal error,\n"
    "73 cannot create a file, 74 cannot write, 75 the run is in use, 130 and 143 stopped by Ctrl-C or "
    "SIGTERM after saving.";

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

// ---- the program ------------------------------------------------------------------------------------------

int run(int argc, char** argv) {
  // Declare the commands.
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

  // Parse the command line.
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

  // Run the command.
  for (const auto& [sub, command] : commands)
    if (sub->parsed()) return command();
  return exit_internal;
}

// If a standard stream is closed, the next file that is opened gets its number, and output meant for the
// stream would go into that file. Here such a stream gets /dev/null, opened so that using it fails.
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
