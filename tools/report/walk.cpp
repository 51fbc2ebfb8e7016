// What the page needs to know of the model, in JSON, and the program that runs on it.
#include "tools/report/walk.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "tools/config/choices.h"
#include "tools/report/page.h"
#include "vae/descent.h"
#include "vae/inference/target.h"

namespace tools {

using namespace autograd;
using nlohmann::json;

namespace {

// Four bytes for each number, the least significant first.
std::string bytes_of(const Array& x) {
  std::string bytes(4 * x.size(), '\0');
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float v = float(x.data()[i]);
    std::uint32_t bits;
    std::memcpy(&bits, &v, 4);
    for (std::size_t k = 0; k < 4; ++k) bytes[4 * i + k] = char(bits >> (8 * k) & 255);
  }
  return bytes;
}

// The layers of an MLP: NAME.0.weight, NAME.0.bias, NAME.2.weight, …
json layers_of(vae::Model& model, const std::string& name) {
  json layers = json::array();
  const nn::NamedParameters parameters = model.parameters();
  const auto named = [&](const std::string& wanted) -> const Parameter* {
    for (const auto& [parameter_name, parameter] : parameters)
      if (parameter_name == wanted) return parameter;
    return nullptr;
  };
  for (std::size_t i = 0;; i += 2) {
    const std::string layer = name + "." + std::to_string(i);
    const Parameter *weight = named(layer + ".weight"), *bias = named(layer + ".bias");
    if (!weight || !bias) return layers;
    layers.push_back({{"in", weight->shape()[1]},
                      {"out", weight->shape()[0]},
                      {"weight", base64(bytes_of(weight->value()))},
                      {"bias", base64(bytes_of(bias->value()))}});
  }
}

// The codes of the first test images, all levels in a row.   [n, Z]
Array codes_of(const Experiment& e, std::size_t images) {
  Evaluation scope;
  const ImageIndices some = index_range(0, std::min(images, e.data.test.count));
  const Array x = e.batch(Split::test, some);
  return concat(vae::latents(vae::infer(*e.model, constant(x), 1, e.evaluation_noise(Split::test, some))), 1)
      .value();
}

const char* const program = R"js(
"use strict";
(() => {
  const model = JSON.parse(document.getElementById("model").textContent);
  const floats = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };
  for (const network of [model.decoder, ...model.priors])
    for (const layer of network) { layer.weight = floats(layer.weight); layer.bias = floats(layer.bias); }
  const codes = floats(model.codes), Z = model.latents.reduce((a, b) => a + b, 0);
  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const activations = { tanh: Math.tanh, relu: (v) => Math.max(v, 0), sigmoid,
                        softplus: (v) => v > 30 ? v : Math.log1p(Math.exp(v)), silu: (v) => v * sigmoid(v) };

  // y = W x + b, layer by layer, with the activation between them.
  const run = (network, x) => {
    network.forEach((layer, k) => {
      const y = new Float64Array(layer.out);
      for (let o = 0; o < layer.out; ++o) {
        let sum = layer.bias[o];
        for (let i = 0; i < layer.in; ++i) sum += layer.weight[o * layer.in + i] * x[i];
        y[o] = k + 1 < network.length ? activations[model.activation](sum) : sum;
      }
      x = y;
    });
    return x;
  };

  // The mean of p(x|z).
  const uniform = (l) => Math.abs(l) < 1e-3 ? 0.5 + l / 12 : 1 / (1 - Math.exp(-l)) - 1 / l;
  const means = { bernoulli: sigmoid, gaussian: (v) => v, "continuous-bernoulli": uniform };
  const decode = (z) => run(model.decoder, z).map(means[model.likelihood]);

  // ---- the picture
  const z = new Float64Array(Z);
  const canvas = document.getElementById("image"), brush = canvas.getContext("2d");
  canvas.width = model.width; canvas.height = model.height;
  const draw = () => {
    const pixels = decode(z), image = brush.createImageData(model.width, model.height);
    pixels.forEach((v, i) => {
      image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = 255 * Math.min(1, Math.max(0, v));
      image.data[4 * i + 3] = 255;
    });
    brush.putImageData(image, 0, 0);
    sliders.forEach((slider, j) => { slider.value = z[j]; });
    place();
    return pixels;
  };

  // ---- sliders, level by level
  const panel = document.getElementById("sliders"), sliders = [], held = [];
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  let first = 0;
  const firsts = model.latents.map((size) => { const at = first; first += size; return at; });
  model.latents.forEach((size, t) => {
    const group = document.createElement("fieldset"), legend = document.createElement("legend");
    legend.textContent = model.latents.length > 1 ? "level " + t + " " : "latents";
    if (model.latents.length > 1) {
      const label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox"; held.push(box);
      label.append(box, " held");
      legend.append(label);
    } else held.push({ checked: false });
    group.append(legend);
    for (let j = 0; j < size; ++j) {
      const slider = document.createElement("input");
      Object.assign(slider, { type: "range", min: -4, max: 4, step: 0.01, value: 0 });
      slider.setAttribute("aria-label", "latent " + j + (model.latents.length > 1 ? " of level " + t : ""));
      const k = sliders.length;
      slider.addEventListener("input", () => { z[k] = Number(slider.value); draw(); });
      sliders.push(slider);
      group.append(slider);
    }
    panel.append(group);
  });

  // z_t ~ p(z_t|z_<t) for the levels that are not held.
  document.getElementById("redraw").addEventListener("click", () => {
    model.latents.forEach((size, t) => {
      if (held[t].checked) return;
      const h = t > 0 ? run(model.priors[t - 1], z.subarray(0, firsts[t])) : new Float64Array(2 * size);
      for (let j = 0; j < size; ++j) z[firsts[t] + j] = h[j] + Math.exp(0.5 * h[size + j]) * normal();
    });
    draw();
  });
  document.getElementById("zero").addEventListener("click", () => { z.fill(0); draw(); });

  // ---- the map: codes along two directions of most variance
  const n = codes.length / Z, mean = new Float64Array(Z);
  for (let i = 0; i < codes.length; ++i) mean[i % Z] += codes[i] / n;
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const direction = (without) => {  // the power method
    let v = Float64Array.from({ length: Z }, (_, i) => Math.cos(i + 1));
    for (let k = 0; k < 100; ++k) {
      const next = new Float64Array(Z);
      for (let i = 0; i < n; ++i) {
        let along = 0;
        for (let j = 0; j < Z; ++j) along += (codes[i * Z + j] - mean[j]) * v[j];
        for (let j = 0; j < Z; ++j) next[j] += along * (codes[i * Z + j] - mean[j]);
      }
      const part = without ? dot(next, without) : 0;
      if (without) for (let j = 0; j < Z; ++j) next[j] -= part * without[j];
      const length = Math.sqrt(dot(next, next)) || 1;
      v = next.map((value) => value / length);
    }
    return v;
  };
  const unit = (j) => Float64Array.from({ length: Z }, (_, i) => Number(i === j));
  const u = Z === 2 ? unit(0) : direction(), v = Z === 2 ? unit(1) : direction(u);
  const origin = Z === 2 ? new Float64Array(2) : mean;
  const svg = document.getElementById("map"), spot = document.getElementById("spot"), extent = 4;
  const coordinates = (code) => {
    const from = Array.from({ length: Z }, (_, j) => code[j] - origin[j]);
    return [dot(from, u), dot(from, v)];
  };
  for (let i = 0; i < n; ++i) {
    const [a, b] = coordinates(codes.subarray(i * Z, (i + 1) * Z));
    const point = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    point.setAttribute("cx", a); point.setAttribute("cy", -b); point.setAttribute("r", 0.045);
    point.setAttribute("class", "point c" + (model.labels.length ? model.labels[i] % 6 : 0));
    svg.insertBefore(point, spot);
  }
  const place = () => {
    const [a, b] = coordinates(z);
    spot.setAttribute("cx", a); spot.setAttribute("cy", -b);
  };
  const go = (a, b) => {  // only along the two directions
    const [was_a, was_b] = coordinates(z);
    for (let j = 0; j < Z; ++j) z[j] += (a - was_a) * u[j] + (b - was_b) * v[j];
    draw();
  };
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const across = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
    go((2 * across - 1) * extent, (1 - 2 * down) * extent);
  };
  svg.addEventListener("pointerdown", (event) => { svg.setPointerCapture(event.pointerId); at(event); });
  svg.addEventListener("pointermove", (event) => { if (event.buttons) at(event); });
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
    if (!(event.key in steps)) return;
    const [a, b] = coordinates(z), [more_a, more_b] = steps[event.key];
    go(a + more_a, b + more_b);
    event.preventDefault();
  });

  // ---- where to begin
  const given = /^#z=(.*)$/.exec(decodeURIComponent(location.hash));
  if (given) given[1].split(",").forEach((number, j) => { if (j < Z) z[j] = Number(number); });
  else z.set(codes.subarray(0, Z));
  const pixels = draw();
  if (given) document.getElementById("pixels").textContent = Array.from(pixels).join(" ");
  document.getElementById("walk").hidden = false;
})();
)js";

const char* const elements = R"html(
<noscript><p>Walking needs scripts, which this browser does not run here.</p></noscript>
<div id="walk" class="walk" hidden>
<svg id="map" viewBox="-4 -4 8 8" tabindex="0" role="application"
 aria-label="codes of test images; drag, or use the arrow keys, to move z">
<path class="grid" stroke-width="0.02" d="M-4 0H4M0 -4V4"/><circle id="spot" r="0.12"/></svg>
<canvas id="image" role="img" aria-label="the mean of p(x|z)"></canvas>
<div><p><button id="redraw" type="button">draw z ~ p(z)</button>
<button id="zero" type="button">z = 0</button></p>
<div id="sliders"></div></div>
</div>
<pre id="pixels" hidden></pre>
)html";

}  // namespace

std::string walk(const Experiment& e, std::size_t images) {
  const Config& c = e.config;
  const std::vector<std::size_t> latents =
      vae::latent_sizes(vae::given_zeros(*e.model, e.conditioning.size()));
  std::size_t Z = 0;
  for (const std::size_t size : latents) Z += size;
  const bool has_mean = c.likelihood != "logistic-mixture" && c.likelihood != "categorical";
  if (networks_named(c.architecture) != vae::NetworkKind::dense || c.decoder != "independent" || !has_mean ||
      Z > 64 || c.prior != "standard" || c.condition != "nothing")
    return "";
  json priors = json::array(), labels = json::array();
  for (std::size_t t = 1; t < latents.size(); ++t)
    priors.push_back(layers_of(*e.model, "prior." + std::to_string(t)));
  const Array codes = codes_of(e, images);
  for (std::size_t i = 0; i < std::min(codes.shape(0), e.data.test.labels.size()); ++i)
    labels.push_back(e.data.test.labels[i]);
  const json model = {{"width", e.data.test.width},
                      {"height", e.data.test.height},
                      {"latents", latents},
                      {"activation", c.activation},
                      {"likelihood", c.likelihood},
                      {"decoder", layers_of(*e.model, "decoder")},
                      {"priors", priors},
                      {"codes", base64(bytes_of(codes))},
                      {"labels", labels}};
  return "<p>Each point is the code of a test image. Drag, or use the arrow keys, in the map; move single "
         "latents by "
         "their sliders. The picture is the decoder's, computed here from the run's weights.</p>\n" +
         std::string(elements) + "<script type=\"application/json\" id=\"model\">" + model.dump() +
         "</script>\n<script>" + program + "</script>\n";
}

}  // namespace tools
