// Files that are either the old ones or the new ones, never torn: what is saved survives a crash, a full disk
// and a power cut.
//
// A file is first written beside its place as PATH.tmp and pushed to the disk (fsync); only then does rename,
// which is atomic, give it its name, and an fsync of the directory makes that durable. Until the rename the
// old file is untouched.
//
// Failures: 73 (exit_cannot_create) if PATH.tmp cannot be created or PATH is no regular file, 74 (exit_io) if
// a write, an fsync or a rename fails. Either way PATH.tmp is removed.
#pragma once

#include <filesystem>
#include <string_view>

namespace tools {

void write_atomically(const std::filesystem::path& path, std::string_view bytes);

// The same, and the file that stood at `path`, if any, is afterwards found at `previous_path`. At every
// moment `path` exists.
void write_atomically_keeping_previous(const std::filesystem::path& path,
                                       const std::filesystem::path& previous_path, std::string_view bytes);

}  // namespace tools
