// The lessons, whose every claim must hold, and EQUATIONS.md, in which everything named must exist. Where a
// page compares an average with a truth it allows five standard errors; seeds are fixed.
#include <ctime>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/catch.h"
#include "tools/errors.h"
#include "tools/lessons/lesson.h"

using namespace tools;

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(ELBO_SOURCE_DIR) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Row {
  std::string row, equation, source, function, test, lesson;
};

// The rows of the tables, without their headings.
std::vector<Row> rows_of_the_map() {
  std::vector<Row> rows;
  std::stringstream lines(text_of("EQUATIONS.md"));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| ", 0) != 0 || line.rfind("| row", 0) == 0) continue;
    std::vector<std::string> cells;
    std::stringstream parts(line.substr(2));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    INFO(line);
    REQUIRE(cells.size() == 6);
    rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]});
  }
  return rows;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t first = text.find(begin);
  if (first == std::string::npos) return "";
  const std::size_t from = first + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

// What stands between backquotes.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> names;
  std::stringstream parts(text);
  std::string plain, name;
  while (std::getline(parts, plain, '`') && std::getline(parts, name, '`')) names.push_back(name);
  return names;
}

}  // namespace

TEST_CASE("lessons: every claim holds, and no page takes 20 seconds of processor time") {
  for (const Lesson& lesson : lessons()) {
    const std::clock_t begin = std::clock();
    Page page;
    lesson.measure(page);
    INFO(lesson.name << "\n" << page.text());
    CHECK(page.all_hold());
    CHECK((sanitized || std::clock() - begin < 20 * CLOCKS_PER_SEC));
  }
}

TEST_CASE("lessons: names and rows are found, once each, and an unknown one is refused") {
  std::set<std::string> names;
  for (const Lesson& lesson : lessons()) {
    CHECK(&lesson_named(lesson.name) == &lesson);
    CHECK(names.insert(lesson.name).second);
    for (const char* const part : {lesson.claim, lesson.source, lesson.equation, lesson.read_on})
      CHECK(std::string(part).size() > 3);
  }
  CHECK_THROWS_AS(lesson_named("identify"), Failure);
}

TEST_CASE("lessons: a page whose claim does not hold says so") {
  Page page;
  CHECK_FALSE(page.all_hold());  // nothing was checked
  page.check(true, "two is two");
  CHECK(page.all_hold());
  page.check(false, "two is three");
  CHECK_FALSE(page.all_hold());
  CHECK(page.text().find("NOT NOW: two is three") != std::string::npos);
}

TEST_CASE("EQUATIONS.md: every row has a function, a test and a lesson, all of which exist") {
  std::set<std::string> found;
  for (const Row& row : rows_of_the_map()) {
    INFO(row.row << " " << row.equation);
    found.insert(row.row);
    CHECK(!row.equation.empty());
    CHECK(!row.source.empty());
    const std::string file = between(row.function, "](", ")");
    const std::vector<std::string> names = quoted(row.function);
    CHECK(!names.empty());
    for (const std::string& name : names) CHECK(text_of(file).find(name + "(") != std::string::npos);
    const std::string test = between(row.test, "\"", "\""), test_file = between(row.test, "](", ")");
    CHECK(!test.empty());
    CHECK(text_of(test_file).find(test) != std::string::npos);
    CHECK(lesson_named(row.lesson).row == row.row);
  }
  for (const Lesson& lesson : lessons()) {
    INFO(lesson.name << " has no row in EQUATIONS.md");
    CHECK(found.count(lesson.row) == 1);
  }
}
