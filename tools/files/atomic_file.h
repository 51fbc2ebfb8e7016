// Replacing a file so that after a crash, a full disk or a power cut it is the old one or the new one, whole.
//
// The new file is written as PATH.tmp and pushed to the disk (fsync). Then rename, which is atomic, gives it
// its name, and an fsync of the directory makes that durable. Until the rename the old file is untouched.
//
// Failures: 73 (exit_cannot_create) if PATH.tmp cannot be created or PATH is no regular file, 74 (exit_io) if
// a write, an fsync or a rename fails. Either way PATH.tmp is removed.
#pragma once

#include <filesystem>
#include <string_view>

namespace tools {

void write_atomically(const std::filesystem::path& path, std::string_view bytes);

// The same, and the old file, if there was one, is afterwards at `previous_path`. `path` exists at every
// moment.
void write_atomically_keeping_previous(const std::filesystem::path& path,
                                       const std::filesystem::path& previous_path, std::string_view bytes);

}  // namespace tools
