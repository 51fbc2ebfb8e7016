// All lessons, in the order in which they are best read.
#include "tools/did_you_mean.h"
#include "tools/errors.h"
#include "tools/lessons/lesson.h"

namespace tools {

const std::vector<Lesson>& lessons() {
  static const std::vector<Lesson> all = [] {
    std::vector<Lesson> list;
    for (const auto& part :
         {lessons_on_integrals(), lessons_on_maps(), lessons_on_divergences(), lessons_on_the_bound(),
          lessons_on_gradients(), lessons_on_inference(), lessons_on_learning(), lessons_on_estimators(),
          lessons_on_information(), lessons_on_components(), lessons_on_hierarchies(),
          lessons_on_conditions(), lessons_on_families(), lessons_on_classes(), lessons_on_disentanglement(),
          lessons_on_images(), lessons_on_misstatements(), lessons_on_questions()})
      list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

const Lesson& lesson_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Lesson& lesson : lessons()) {
    if (lesson.name == name || lesson.row == name) return lesson;
    names.push_back(lesson.name);
  }
  throw Failure(exit_usage, "there is no lesson named '" + name + "'; `elbo lesson` lists them" +
                                did_you_mean(name, names));
}

}  // namespace tools
