// The manual page and the completions, which the build leaves beside the program.
#include <sstream>

#include "tests/tools/program/program.h"

namespace {

const std::filesystem::path built = std::filesystem::path(ELBO_PROGRAM).parent_path();

// The options in a help text: the words with dashes at the beginning of its lines, "-h,--help" being two.
std::vector<std::string> options_in(const std::string& help) {
  std::vector<std::string> all;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  -", 0) != 0) continue;
    std::istringstream names(line.substr(2, line.find_first_of(" =", 2) - 2));
    for (std::string name; std::getline(names, name, ',');) all.push_back(name);
  }
  return all;
}

// What bash offers after these words, between spaces.
std::string completed(const WorkingDirectory& here, const std::string& words) {
  const std::string line = "source '" + (built / "elbo.bash").string() + "'; COMP_WORDS=(" + words +
                           "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _elbo; echo \" ${COMPREPLY[*]} \"";
  put(here / "line", line);
  return here.shell("bash line").out;
}

}  // namespace

TEST_CASE("manual: the page and the completions have every option of every command", "[program]") {
  const WorkingDirectory here;
  std::string page = content(built / "elbo.1");
  page.erase(std::remove(page.begin(), page.end(), '\\'), page.end());
  const std::string zsh = content(built / "_elbo"), fish = content(built / "elbo.fish");
  std::size_t count = 0;
  for (const std::string command :
       {"", "train", "eval", "sample", "reconstruct", "gradcheck", "lesson", "court", "bench", "bench step",
        "bench evidence", "bench ops", "bench overhead", "bench conv"}) {
    const std::string after = page.substr(page.find(command.empty() ? ".SH OPTIONS" : ".SS elbo " + command));
    const std::string section = after.substr(0, after.find("\n.S", 1));
    const std::string offered = completed(here, "elbo " + command + " ''");
    for (const std::string& option : options_in(here.run(command + " --help").out)) {
      INFO(command << " " << option);
      const bool is_help = !command.empty() && (option == "-h" || option == "--help");  // told once
      CHECK((is_help || section.find(option) != std::string::npos));
      CHECK(offered.find(" " + option + " ") != std::string::npos);
      CHECK(zsh.find("'" + option + "[") != std::string::npos);
      const std::string in_fish = option[1] == '-' ? " -l " + option.substr(2) : " -s " + option.substr(1);
      CHECK(fish.find(in_fish + " ") != std::string::npos);
      ++count;
    }
  }
  CHECK(count > 60);
}

TEST_CASE("manual: bash completes commands and the values that an option may have", "[program]") {
  const WorkingDirectory here;
  CHECK(completed(here, "elbo trai") == " train \n");
  CHECK(completed(here, "elbo bench st") == " step \n");
  CHECK(completed(here, "elbo train --likelihood ''") ==
        " bernoulli gaussian continuous-bernoulli logistic-mixture categorical \n");
  CHECK(completed(here, "elbo train --optimizer adam") == " adam adamw adamax \n");
  CHECK(completed(here, "elbo train --data ''") == "  \n");
}
