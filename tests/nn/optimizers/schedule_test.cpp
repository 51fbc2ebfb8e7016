// Learning-rate schedules against PyTorch's (tests/golden/schedules.py), and between epochs by hand.
#include "nn/optimizers/schedule.h"

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/autograd/messages.h"
#include "tests/catch.h"

using namespace nn;

namespace {

double factor(const std::string& name, double t, double T = 0, const ScheduleSettings& settings = {}) {
  return schedule_named(name).factor(t, T, settings);
}

}  // namespace

TEST_CASE("schedules: at whole epochs all are PyTorch's", "[schedule]") {
  std::set<std::string> missing;
  for (const Schedule& s : schedules()) missing.insert(s.name);
  std::ifstream file(ELBO_SOURCE_DIR "/tests/golden/schedules.txt");
  std::size_t compared = 0;
  for (std::string line, word, name; std::getline(file, line);) {
    std::istringstream words(line);
    words >> word >> name;
    if (word != "case") continue;
    std::map<std::string, double> options;
    while (words >> word)
      options[word.substr(0, word.find('='))] = std::stod(word.substr(word.find('=') + 1));
    missing.erase(name);

    std::getline(file, line);
    std::istringstream pairs(line);
    INFO(name);
    for (double t, expected; pairs >> t && pairs.ignore(1) && pairs >> expected; ++compared) {
      INFO("t " << t);
      const double given = name == "warmup"
                               ? warmup(std::uint64_t(t), std::uint64_t(options["steps"]))
                               : factor(name, t, options["horizon"], {options["decay"], options["every"]});
      CHECK(given == Approx(expected).epsilon(1e-12).margin(1e-15));
    }
  }
  CHECK(missing == std::set<std::string>{});
  CHECK(compared > 70);
}

TEST_CASE("schedules: between epochs", "[schedule]") {
  CHECK(factor("constant", 0.5) == 1);
  CHECK(factor("step", 2.99, 0, {0.5, 3.0}) == 1);
  CHECK(factor("step", 1.5, 0, {0.5, 1.5}) == 0.5);
  CHECK(factor("exponential", 1.5, 0, {0.25, 3.0}) == 0.5);
  CHECK(factor("linear", 2.5, 10) == 0.75);
  CHECK(factor("cosine", 2.5, 7.5) == Approx(0.75).epsilon(1e-15));
  CHECK(factor("burda", 0.99) == 1);
  CHECK(factor("burda", 3.999) == 0.72);
}

TEST_CASE("schedules: after the horizon they stay constant", "[schedule]") {
  for (const char* name : {"linear", "cosine"}) CHECK(factor(name, 11, 10) == 0);
}

TEST_CASE("schedules: all begin at 1, so that alpha is the learning rate of the start", "[schedule]") {
  for (const Schedule& s : schedules()) CHECK(s.factor(0, 10, s.defaults) == 1);
}

// 10⁻³, 7.2·10⁻⁴, …, 10⁻⁴, for 1, 3, 9, …, 2187 epochs
TEST_CASE("schedules: Burda et al.'s has their learning rates", "[schedule]") {
  const double rates[] = {10, 7.2, 5.2, 3.7, 2.7, 1.9, 1.4, 1};
  int epoch = 0;
  for (int i = 0, length = 1; i < 8; ++i, length *= 3)
    for (int k = 0; k < length; ++k, ++epoch)
      REQUIRE(1e-3 * factor("burda", epoch) == Approx(1e-4 * rates[i]).epsilon(1e-14));
  CHECK(epoch == 3280);
  CHECK(factor("burda", 1e6) == 0.1);
}

TEST_CASE("schedules: a warm-up rises to 1 and stays; without one the factor is 1", "[schedule]") {
  CHECK(warmup(0, 0) == 1);
  CHECK(warmup(0, 1) == 1);
  CHECK(warmup(0, 10) == 0.1);
  CHECK(warmup(9, 10) == 1);
  CHECK(warmup(1000, 10) == 1);
}

TEST_CASE("schedules: an unknown name is refused, and the message lists the names", "[schedule]") {
  CHECK(says(message_of<std::invalid_argument>([] { schedule_named("slow"); }),
             {"slow", "constant, step, exponential, linear, cosine, burda"}));
}
