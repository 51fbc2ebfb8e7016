// The lessons: each a claim with its source and equation, and the numbers that show it, measured when the
// page is printed. `elbo lesson NAME` prints one; the tests print all, and every check on them must hold. The
// rows (E1, X4, …) are those of EQUATIONS.md.
#pragma once

#include <string>
#include <vector>

#include "tools/lessons/page.h"

namespace tools {

struct Lesson {
  const char* name;      // on the command line
  const char* row;       // in EQUATIONS.md
  const char* claim;     // in a sentence
  const char* source;    // papers and equations
  const char* equation;  // in a line or a few
  void (*measure)(Page& page);
  const char* read_on;  // files of this project
};

const std::vector<Lesson>& lessons();

// By subject, a source each.
std::vector<Lesson> lessons_on_integrals();
std::vector<Lesson> lessons_on_divergences();
std::vector<Lesson> lessons_on_the_bound();
std::vector<Lesson> lessons_on_gradients();
std::vector<Lesson> lessons_on_inference();
std::vector<Lesson> lessons_on_learning();
std::vector<Lesson> lessons_on_estimators();
std::vector<Lesson> lessons_on_information();
std::vector<Lesson> lessons_on_disentanglement();
std::vector<Lesson> lessons_on_hierarchies();
std::vector<Lesson> lessons_on_conditions();
std::vector<Lesson> lessons_on_families();
std::vector<Lesson> lessons_on_classes();
std::vector<Lesson> lessons_on_images();
std::vector<Lesson> lessons_on_maps();
std::vector<Lesson> lessons_on_components();
std::vector<Lesson> lessons_on_misstatements();
std::vector<Lesson> lessons_on_questions();

// Failure(exit_usage) for a name that no lesson has.
const Lesson& lesson_named(const std::string& name);

}  // namespace tools
