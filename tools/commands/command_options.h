// What the commands on a run share: which run, which images, and pictures as their output.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tools/command_line.h"
#include "tools/files/png.h"
#include "tools/run/open_run.h"

namespace tools {

// DIR, --checkpoint and --threads; and --data.
std::shared_ptr<RunOptions> add_run_options(CommandLine& command);
void add_data_option(CommandLine& command, RunOptions& options);

// Failure(exit_usage) unless 1 ≤ n ≤ 10000.
void check_count(std::uint64_t count);

// Failure(exit_usage) for the name of another kind of file: pictures are PNG files, whatever they are called.
void check_picture_name(const std::string& file);

// Writes the picture into this file, or the default if none is named, and prints its name. Nothing else goes
// to a standard stream that gets the picture. Returns exit_ok.
int write_picture(const GreyImage& picture, const std::string& of, const std::string& named,
                  const std::filesystem::path& otherwise);

}  // namespace tools
