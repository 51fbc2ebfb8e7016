// The program `elbo-lesson`, which `elbo lesson …` starts: its command line.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "tools/command_line.h"
#include "tools/errors.h"
#include "tools/lessons/lesson.h"
#include "tools/program.h"

namespace tools {

namespace {

void print_list() {
  std::printf("The lessons; `elbo lesson NAME` prints one, with numbers measured now.\n\n");
  for (const Lesson& lesson : lessons())
    std::printf("  %-4s %-22s %s\n", lesson.row, lesson.name, lesson.claim);
}

// Returns whether everything on it holds.
bool print_page(const Lesson& lesson, const std::string& out) {
  std::printf("%s (%s)\n\n  %s\n  %s\n\n%s\n\n", lesson.name, lesson.row, lesson.claim, lesson.source,
              lesson.equation);
  std::fflush(stdout);
  Page page;
  lesson.measure(page);
  std::printf("%s\n", page.text().c_str());
  for (std::size_t i = 0; i < page.pictures().size(); ++i) {
    std::filesystem::create_directories(out);
    const std::string name = lesson.name + (i ? "-" + std::to_string(i + 1) : "") + ".png";
    write_png(std::filesystem::path(out) / name, page.pictures()[i]);
    std::printf("  Picture %zu is %s/%s\n", i + 1, out.c_str(), name.c_str());
  }
  std::printf("  Read on: %s\n", lesson.read_on);
  return page.all_hold();
}

int run(int argc, char** argv) {
  CommandLine program("elbo lesson", "what is claimed of variational autoencoders, measured on exact models",
                      exit_codes);
  std::vector<std::string> names;
  std::string out = "lessons";
  program.add_arguments("NAME", names, "lessons or rows, such as identity or E5 (default: list them)");
  program.add_option(
      "--out", [&](const std::string& text) { out = text; },
      "the directory for pictures, made when there is one", "TEXT", out);
  if (const std::optional<int> code = program.parse(argc, argv)) return *code;
  if (names.empty()) {
    print_list();
    return exit_ok;
  }
  for (const std::string& name : names) lesson_named(name);  // refuse before the first is printed
  bool all_hold = true;
  for (const std::string& name : names) all_hold = print_page(lesson_named(name), out) && all_hold;
  return all_hold ? exit_ok : exit_runtime;
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) { tools::run_program(argc, argv, tools::run); }
