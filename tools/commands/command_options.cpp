// The options that commands on a run share, and their output.
#include "tools/commands/command_options.h"

#include <unistd.h>

#include <cstdio>

#include "tools/command.h"
#include "tools/errors.h"
#include "tools/files/atomic_file.h"

namespace tools {

std::shared_ptr<RunOptions> add_run_options(CommandLine& command) {
  auto options = std::make_shared<RunOptions>();
  command.add_argument("DIR", options->directory, "run directory, as left by elbo train");
  add_option(command, {"checkpoint", &options->checkpoint, "last, previous, best, or a file"});
  add_option(command, {"threads", &options->threads, "threads (0: as in training)"});
  return options;
}

void add_data_option(CommandLine& command, RunOptions& options) {
  add_option(command,
             {"data", &options.data,
              "other images: all of an .npy file, of a PNG image or of a directory of them, or the test "
              "images of a data set (default: the run's)"});
}

void check_count(std::uint64_t count) {
  if (count < 1 || count > 10000) throw Failure(exit_usage, "-n is between 1 and 10000");
}

// Pictures are PNG files, whatever they are called; another kind's name would be wrong.
void check_picture_name(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension().string();
  if (!extension.empty() && extension != ".png" && extension != ".PNG")
    throw Failure(exit_usage, "-o " + file + ": the picture is a PNG image; name it " +
                                  std::filesystem::path(file).replace_extension(".png").string());
}

// Writes the picture into this file, or the default if none is named, and prints its name. Nothing else goes
// to a standard stream that gets the picture.
int write_picture(const GreyImage& picture, const std::string& of, const std::string& named,
                  const std::filesystem::path& otherwise) {
  const std::string file = named.empty() ? otherwise.string() : named;
  write_png(file, picture);
  const int stream = standard_stream(file);
  if (stream != STDERR_FILENO) std::fprintf(stderr, "%s\n", printable(of, 2000).c_str());
  if (stream != STDOUT_FILENO) std::printf("%s\n", file.c_str());
  return exit_ok;
}

}  // namespace tools
