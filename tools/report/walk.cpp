// What the page needs to know of the model, in JSON.
#include "tools/report/walk.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/report/page.h"
#include "tools/report/walk_scripts.h"
#include "vae/descent.h"
#include "vae/exact/enumeration.h"

namespace tools {

using namespace autograd;
using nlohmann::json;

namespace {

// Four bytes for each number, the least significant first, in base64.
std::string packed(const Array& x) {
  std::string bytes(4 * x.size(), '\0');
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float v = float(x.data()[i]);
    std::uint32_t bits;
    std::memcpy(&bits, &v, 4);
    for (std::size_t k = 0; k < 4; ++k) bytes[4 * i + k] = char(bits >> (8 * k) & 255);
  }
  return base64(bytes);
}

// ---- the codes --------------------------------------------------------------------------------------------

// The first `latents` of the codes of the first test images, without those of a class.   [images, latents]
Array codes_of(const Experiment& e, std::size_t images, std::size_t latents) {
  Array codes = empty({images, latents});
  const std::size_t rows = e.rows_of_pass();
  for (std::size_t first = 0; first < images; first += rows) {
    Evaluation scope;
    const ImageIndices some = index_range(first, std::min(images, first + rows));
    vae::Latents levels =
        vae::latents(vae::infer(e.given(Split::test, some), constant(e.batch(Split::test, some)), 1,
                                e.evaluation_noise(Split::test, some)));
    if (e.model->first_values()) levels.erase(levels.begin());
    const Array z = concat(levels, 1).value();
    for (std::size_t i = 0; i < some.size(); ++i)
      std::copy_n(z.data() + i * z.shape(1), latents, codes.data() + (first + i) * latents);
  }
  return codes;
}

// ---- conditions -------------------------------------------------------------------------------------------

// The choices that there are of c, [n,C], by name, and which of them is that of the first test image: the
// classes, or the upper halves of some test images. Null where nothing conditions the model.
json conditions_of(const Experiment& e, std::size_t images) {
  const std::optional<Array> classes = e.model->first_values();
  const bool of_label = condition_named(e.config.condition) == ConditionKind::label;
  if (!classes && e.conditioning.size() == 0) return nullptr;
  const Array c = classes    ? *classes
                  : of_label ? vae::all_one_hots(e.config.classes)
                             : *e.condition(Split::test, index_range(0, std::min<std::size_t>(images, 20)));
  std::size_t first = of_label ? e.data.test.labels[0] : 0;
  if (classes) {  // that of the code with which the walk begins
    Evaluation scope;
    const Array y =
        vae::infer(*e.model, constant(e.batch(Split::test, {0})), 1, e.evaluation_noise(Split::test, {0}))[0]
            .z.value();
    first = std::size_t(std::max_element(y.begin(), y.end()) - y.begin());
  }
  json names = json::array();
  for (std::size_t k = 0; k < c.shape(0); ++k)
    names.push_back((classes || of_label ? "class " : "upper half of test image ") + std::to_string(k));
  return {{"c", packed(c)},
          {"names", names},
          {"first", first},
          {"above", !classes && !of_label}};  // c is part of the picture
}

// ---- the networks -----------------------------------------------------------------------------------------

using Weights = std::map<std::string, const Array*>;

// By name, of what leads from z to the image.
Weights generator_of(vae::Model& model) {
  Weights weights;
  model.visit_generator([&](const std::string& name, Parameter& p) { weights[name] = &p.value(); });
  return weights;
}

// The layers of an MLP: NAME.0.weight, NAME.0.bias, NAME.2.weight, …
json layers_of(const Weights& weights, const std::string& name) {
  json layers = json::array();
  for (std::size_t i = 0; weights.count(name + "." + std::to_string(i) + ".weight"); i += 2) {
    const std::string layer = name + "." + std::to_string(i);
    const Array &weight = *weights.at(layer + ".weight"), &bias = *weights.at(layer + ".bias");
    layers.push_back({{"in", weight.shape(1)},
                      {"out", weight.shape(0)},
                      {"weight", packed(weight)},
                      {"bias", packed(bias)}});
  }
  return layers;
}

// All convolutions by name, the places by side, and of each level its side and the names of its networks:
// those of the level that it shares them with.
json top_down(const Weights& weights, const std::vector<std::size_t>& latents) {
  json convolutions = json::object(), places = json::object(), levels = json::array();
  const std::string end = ".weight";
  for (const auto& [name, weight] : weights) {
    if (name.rfind("prior.0", 0) == 0 || name.rfind("condition", 0) == 0) continue;  // perceptrons
    if (name.size() > end.size() && name.substr(name.size() - end.size()) == end) {
      const std::string of = name.substr(0, name.size() - end.size());
      convolutions[of] = {{"in", weight->shape(1)},
                          {"out", weight->shape(0)},
                          {"kernel", weight->shape(2)},
                          {"weight", packed(*weight)},
                          {"bias", packed(*weights.at(of + ".bias"))}};
    }
    if (name.rfind("place.", 0) != 0 || name.substr(name.size() - 2) != ".h") continue;
    const std::string place = name.substr(0, name.size() - 2), project = place + ".project";
    places[place.substr(6)] = {{"h", packed(*weight)},
                               {"project", weights.count(project + end) ? json(project) : json()}};
  }
  std::size_t first = 0;
  for (std::size_t t = 0; t < latents.size(); ++t) {
    if (weights.count("update." + std::to_string(t) + ".project.weight")) first = t;
    const std::string update = "update." + std::to_string(first);
    const std::size_t channels = weights.at(update + ".project.weight")->shape(1);
    levels.push_back({{"side", std::size_t(std::lround(std::sqrt(double(latents[t]) / double(channels))))},
                      {"update", update},
                      {"prior", "prior." + std::to_string(std::max<std::size_t>(1, first))}});
  }
  return {{"convolutions", convolutions},
          {"places", places},
          {"levels", levels},
          {"pixel_bias", packed(*weights.at("decoder.pixel_bias"))}};
}

json dense(const Weights& weights, std::size_t levels) {
  json priors = json::array();
  for (std::size_t t = 1; t < levels; ++t) priors.push_back(layers_of(weights, "prior." + std::to_string(t)));
  return {{"decoder", layers_of(weights, "decoder")}, {"priors", priors}};
}

}  // namespace

std::string walk(const Experiment& e, std::size_t images) {
  const Config& c = e.config;
  constexpr std::size_t most_weights = 3'000'000;  // 16 MB of text
  const Weights weights = generator_of(*e.model);
  std::size_t size = 0;
  for (const auto& [name, array] : weights) size += array->size();
  if (c.decoder != "independent" || c.likelihood == "logistic-mixture" || c.likelihood == "categorical" ||
      size > most_weights || e.data.test.count == 0)
    return "";

  std::vector<std::size_t> latents = e.latent_sizes();
  if (e.model->first_values()) latents.erase(latents.begin());  // the class, which is chosen
  std::size_t Z = 0;
  for (const std::size_t Z_t : latents) Z += Z_t;
  const std::size_t mapped = Z <= 64 ? Z : latents.front();
  const bool is_dense = networks_named(c.architecture) == vae::NetworkKind::dense;
  json model = is_dense ? dense(weights, latents.size()) : top_down(weights, latents);
  images = std::min(images, e.data.test.count);
  json labels = json::array();
  for (std::size_t i = 0; i < std::min(images, e.data.test.labels.size()); ++i)
    labels.push_back(e.data.test.labels[i]);
  model.update({{"width", e.data.test.width},
                {"height", e.data.test.height},
                {"latents", latents},
                {"activation", c.activation},
                {"likelihood", c.likelihood},
                {"prior", c.prior},
                {"conditions", conditions_of(e, images)},
                {"prior_of_condition", c.prior == "normal" ? layers_of(weights, "prior.0") : json::array()},
                {"first_of_condition", weights.count("condition.weight")
                                           ? json({{"weight", packed(*weights.at("condition.weight"))},
                                                   {"bias", packed(*weights.at("condition.bias"))}})
                                           : json()},
                {"codes", packed(codes_of(e, images, mapped))},
                {"mapped", mapped},
                {"start", packed(codes_of(e, 1, Z))},
                {"labels", labels}});
  return "<p>Each point is the code of a test image" +
         std::string(mapped < Z ? ", by its first level alone" : "") +
         ". Drag, or use the arrow keys, in the map; move latents by their sliders" +
         (model["conditions"].is_null() ? "" : "; choose what the image is given from the list") +
         ". The picture is the decoder's, computed here from the run's weights.</p>\n" + walk_elements +
         "<script type=\"application/json\" id=\"model\">" + model.dump() +
         "</script>\n<script>\n\"use strict\";\n(() => {\n  const model = "
         "JSON.parse(document.getElementById(\"model\").textContent);" +
         walk_networks + walk_page + "})();\n</script>\n";
}

}  // namespace tools
