// Every layer of the table (tools/gradcheck/layers_table.h) against PyTorch's: names and shapes of the
// parameters, the output, and the gradients of a weighted sum of the output in inputs and parameters. The
// numbers, and the program that wrote them, are in tests/golden/. A layer of nn/ that is not in the table
// fails by name.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/autograd/arrays.h"
#include "tests/catch.h"
#include "tests/sources.h"
#include "tools/gradcheck/layers_table.h"

using namespace nn;

namespace {

using Named = std::map<std::string, Array>;

struct Golden {
  std::string layer;
  std::map<std::string, Named> arrays;  // "parameter" -> "weight" -> …
};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "layer NAME" begins a layer; then "WHAT NAME SHAPE : NUMBERS" for each of its arrays.
std::vector<Golden> golden_layers() {
  std::vector<Golden> all;
  std::stringstream lines(text_of(ELBO_SOURCE_DIR "/tests/golden/layers.txt"));
  for (std::string line; std::getline(lines, line);) {
    std::stringstream words(line);
    std::string what, name;
    words >> what;
    if (what == "layer") {
      all.push_back({line.substr(6), {}});
      continue;
    }
    words >> name;
    Shape shape;
    for (std::string word; words >> word && word != ":";) shape.push_back(std::stoul(word));
    std::vector<Real> values;
    for (Real value; words >> value;) values.push_back(value);
    all.back().arrays[what][name] = array(shape, values);
  }
  return all;
}

// Within 1e-10 of the largest number of the array.
bool close(const Array& found, const Array& expected) {
  if (found.shape() != expected.shape()) return false;
  double largest = 0, off = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    largest = std::max(largest, std::abs(double(expected.data()[i])));
    const double difference = std::abs(double(found.data()[i]) - double(expected.data()[i]));
    if (!(difference <= off)) off = difference;
  }
  return off <= 1e-10 * std::max(largest, 1e-3);
}

std::set<std::string> names_of(const Named& arrays) {
  std::set<std::string> names;
  for (const auto& entry : arrays) names.insert(entry.first);
  return names;
}

const LayerEntry* layer_named(const std::vector<LayerEntry>& table, const std::string& name) {
  for (const LayerEntry& layer : table)
    if (layer.name == name) return &layer;
  return nullptr;
}

// The structs of nn/ whose bodies declare this member.
std::set<std::string> structs_with(const std::string& member) {
  std::set<std::string> found;
  for (const auto& file : std::filesystem::recursive_directory_iterator(ELBO_SOURCE_DIR "/nn")) {
    if (file.path().extension() != ".h") continue;
    const std::string text = text_of(file.path());
    for (const Match& declared : matches(text, "\n(?:struct|class) (\\w+)[^;{]*\\{")) {
      const std::size_t begin = declared.position;
      const std::string body = text.substr(begin, text.find("\n};", begin) - begin);
      if (body.find(member) != std::string::npos) found.insert(declared.groups[1]);
    }
  }
  return found;
}

bool some_begins_with(const std::set<std::string>& names, const std::string& first_word) {
  for (const std::string& name : names)
    if (name.substr(0, name.find(' ')) == first_word) return true;
  return false;
}

}  // namespace

TEST_CASE("layers: PyTorch's names, outputs and gradients") {
  const std::vector<LayerEntry> table = all_layers();
  const std::vector<Golden> golden = golden_layers();
  CHECK(golden.size() >= 20);
  for (Golden g : golden) {
    INFO(g.layer);
    const LayerEntry* layer = layer_named(table, g.layer);
    REQUIRE(layer);
    Named& parameters = g.arrays["parameter"];
    std::set<std::string> names;
    layer->visit([&](const std::string& name, Parameter& p) {
      INFO(name << " " << to_string(p.shape()));
      names.insert(name.substr(1));
      REQUIRE(parameters[name.substr(1)].shape() == p.shape());
      p.update() = parameters[name.substr(1)];
    });
    CHECK(names == names_of(parameters));

    Step step;
    std::vector<Var> inputs;
    for (const auto& [name, x] : g.arrays["input"]) inputs.push_back(variable(x));
    REQUIRE(inputs.size() == layer->inputs.size());
    const Var y = layer->apply(inputs);
    CHECK(close(y.value(), g.arrays["output"]["y"]));
    const Gradients gradients = backward(sum(y * constant(g.arrays["weights"]["y"])));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      CHECK(inputs[i].shape() == layer->inputs[i]);
      CHECK(close(gradients[inputs[i]], g.arrays["input_gradient"].at(std::to_string(i))));
    }
    layer->visit([&](const std::string& name, Parameter& p) {
      INFO("gradient of " << name);
      CHECK(close(gradients[p], g.arrays["gradient"].at(name.substr(1))));
    });
  }
}

TEST_CASE("layers: every struct of nn/ with visit or operator() is in the table, and has PyTorch's numbers") {
  std::set<std::string> listed, compared;
  for (const LayerEntry& layer : all_layers()) listed.insert(layer.name);
  for (const Golden& g : golden_layers()) compared.insert(g.layer);
  const std::set<std::string> called = structs_with("Var operator()");
  const std::set<std::string> visited =
      structs_with("void visit(const std::string& name, const Visitor& visitor)");
  CHECK(called.size() >= 10);
  CHECK(visited.size() >= 10);
  std::set<std::string> layers = called;
  layers.insert(visited.begin(), visited.end());
  layers.erase("WeightAndBias");  // a part of layers
  for (const std::string& name : layers) {
    INFO(name << " is not in tools/gradcheck/layers_table.cpp, or has no numbers in tests/golden/layers.txt");
    CHECK(some_begins_with(listed, name));
    if (name != "Flow") CHECK(some_begins_with(compared, name));  // a flow is several steps in a row
  }
}
