// Replacing a file so that after a crash, a full disk or a power cut it is the old one or the new one, whole.
//
// The new file is written under a temporary name in the same directory and pushed to the disk (fsync). Then
// rename, which is atomic, gives it its name, and an fsync of the directory makes that durable. Until the
// rename the old file is untouched. A symbolic link stays, and the file that it leads to is replaced.
//
// Temporary names are .elbo-0.tmp, .elbo-1.tmp, …: the first that is free. A process holds a lock (flock) on
// the file that it has there, so that two never share one, and what a killed process has left is removed by
// the next that writes in the directory.
//
// Failures: 73 (exit_cannot_create) if no file can be created there or something else than a regular file
// would be replaced, 74 (exit_io) if a write, an fsync or a rename fails. Either way nothing is left behind.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tools {

void write_atomically(const std::filesystem::path& path, std::string_view bytes);

// The same, and the old file, if there was one, is afterwards at `previous_path`. `path` exists at every
// moment. One process at a time may do so with a `path`.
void write_atomically_keeping_previous(const std::filesystem::path& path,
                                       const std::filesystem::path& previous_path, std::string_view bytes);

// The same for a file that the user has named. What cannot be replaced but takes bytes is written to: a
// device such as /dev/null, and what standard output or standard error is.
void write_output(const std::filesystem::path& path, std::string_view bytes);

// Fails as write_output would now, if it would, and writes nothing: for what is written after long work.
void check_output(const std::filesystem::path& path);

// The standard stream that `path` leads to, such as /dev/stdout: 1 or 2, and −1 if it is none. What else is
// printed there would stand between the bytes of an output.
int standard_stream(const std::filesystem::path& path);

// Appends whole lines to a file, which is made if it is missing, and pushes them to the disk: all of them, or
// none. A last line without an end gets one first.
void append_lines(const std::filesystem::path& path, const std::string& lines);

// Failure 73 unless `path` is free or a regular file, so that it can be replaced.
void check_replaceable(const std::filesystem::path& path);

// Whether a file of this name is one of the temporary files above.
bool is_temporary_name(const std::filesystem::path& path);

}  // namespace tools
