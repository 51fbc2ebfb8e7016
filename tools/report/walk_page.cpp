// The picture, the sliders and the map.
#include "tools/report/walk_scripts.h"

namespace tools {

const char* const walk_page = R"js(
  // ---- the picture
  const z = new Float64Array(Z);
  const canvas = document.getElementById("image"), brush = canvas.getContext("2d");
  canvas.width = model.width; canvas.height = model.height;
  const draw = () => {
    const pixels = decode(z), image = brush.createImageData(model.width, model.height);
    (conditions && conditions.above ? Float64Array.of(...c, ...pixels) : pixels).forEach((v, i) => {
      image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = 255 * Math.min(1, Math.max(0, v));
      image.data[4 * i + 3] = 255;
    });
    brush.putImageData(image, 0, 0);
    sliders.forEach(({ input, value }) => { input.value = value(); });
    place();
    return pixels;
  };

  // ---- sliders, level by level: of each latent, or of the mean of each channel
  const panel = document.getElementById("sliders"), sliders = [], held = [];
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const element = (name, properties, ...content) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...content);
    return made;
  };
  latents.forEach((size, t) => {
    const group = element("details", { open: t === 0 || L < 4 });
    const box = element("input", { type: "checkbox" }), several = L > 1;
    held.push(box);
    const channels = size > 64 && model.levels ? size / model.levels[t].side ** 2 : size;
    const pixels = size / channels, shown = Math.min(channels, 64);
    const what = (several ? "level " + t + ": " : "") + size + " latents";
    group.append(element("summary", {}, what + (pixels > 1 ? ", by their " + channels + " channels" : "")));
    if (several) group.append(element("label", {}, box, " held when the others are drawn"));
    for (let k = 0; k < shown; ++k) {
      const input = element("input", { type: "range", min: -4, max: 4, step: 0.01, value: 0 });
      const name = (pixels > 1 ? "channel " : "latent ") + k + (several ? " of level " + t : "");
      input.setAttribute("aria-label", name);
      const own = () => z.subarray(firsts[t] + k * pixels, firsts[t] + (k + 1) * pixels);
      const value = () => own().reduce((a, b) => a + b, 0) / pixels;
      input.addEventListener("input", () => {
        const more = Number(input.value) - value();
        own().forEach((v, i, all) => { all[i] = v + more; });
        draw();
      });
      sliders.push({ input, value });
      group.append(input);
    }
    if (shown < channels) group.append("the first " + shown);
    panel.append(group);
  });

  // What conditions it, or the class: one of several.
  const choose = (k) => { c.set(rows_of_c.subarray(k * C, (k + 1) * C)); };
  const choice = element("select", { id: "condition" });
  choice.setAttribute("aria-label", "what conditions the image");
  if (conditions) {
    choice.append(...conditions.names.map((name, k) => element("option", { value: k }, name)));
    choice.addEventListener("change", () => { choose(Number(choice.value)); draw(); });
    panel.before(choice);
  }

  // z_t ~ p(z_t|z_<t) for the levels that are not held; z₀ is that of a test image if its prior is neither
  // N(0, I) nor a normal of c.
  const of_c = model.prior_of_condition, draws_z0 = model.prior === "standard" || of_c.length > 0;
  document.getElementById("redraw").addEventListener("click", () => {
    latents.forEach((size, t) => {
      if (held[t].checked) return;
      const at = Math.floor(Math.random() * n) * M;
      if (t === 0 && !draws_z0) return z.set(codes.subarray(at, at + size));
      const h = t > 0 ? network.prior(t, z) : of_c.length ? through(of_c, c) : new Float64Array(2 * size);
      for (let j = 0; j < size; ++j) {
        const deviation = Math.exp(0.5 * Math.min(20, Math.max(-30, h[size + j])));
        z[firsts[t] + j] = h[j] + deviation * normal();
      }
    });
    draw();
  });
  if (!draws_z0)
    document.getElementById("redraw").textContent =
      L > 1 ? "z₀ of another image, the rest drawn" : "another image";
  document.getElementById("zero").addEventListener("click", () => { z.fill(0); draw(); });

  // ---- the map: codes, or their first M latents, along two directions of most variance
  const codes = floats(model.codes), M = model.mapped, n = codes.length / M, mean = new Float64Array(M);
  for (let i = 0; i < codes.length; ++i) mean[i % M] += codes[i] / n;
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const direction = (without) => {  // the power method
    let v = Float64Array.from({ length: M }, (_, i) => Math.cos(i + 1));
    for (let k = 0; k < 100; ++k) {
      const next = new Float64Array(M);
      for (let i = 0; i < n; ++i) {
        let along = 0;
        for (let j = 0; j < M; ++j) along += (codes[i * M + j] - mean[j]) * v[j];
        for (let j = 0; j < M; ++j) next[j] += along * (codes[i * M + j] - mean[j]);
      }
      const part = without ? dot(next, without) : 0;
      if (without) for (let j = 0; j < M; ++j) next[j] -= part * without[j];
      const length = Math.sqrt(dot(next, next)) || 1;
      v = next.map((value) => value / length);
    }
    return v;
  };
  const unit = (j) => Float64Array.from({ length: M }, (_, i) => Number(i === j));
  const u = M === 2 ? unit(0) : direction(), v = M === 2 ? unit(1) : direction(u);
  const origin = M === 2 ? new Float64Array(2) : mean;
  const svg = document.getElementById("map"), spot = document.getElementById("spot"), extent = 4;
  const coordinates = (code) => {
    const from = Array.from({ length: M }, (_, j) => code[j] - origin[j]);
    return [dot(from, u), dot(from, v)];
  };
  for (let i = 0; i < n; ++i) {
    const [a, b] = coordinates(codes.subarray(i * M, (i + 1) * M));
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
    for (let j = 0; j < M; ++j) z[j] += (a - was_a) * u[j] + (b - was_b) * v[j];
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
  const given = /^#z=([^&]*)(?:&c=([0-9]+))?$/.exec(decodeURIComponent(location.hash));
  if (conditions) {
    choice.value = given && given[2] ? given[2] : conditions.first;
    choose(Number(choice.value));
  }
  if (given) given[1].split(",").forEach((number, j) => { if (j < Z) z[j] = Number(number); });
  else z.set(floats(model.start));
  const pixels = draw();
  if (given) document.getElementById("pixels").textContent = Array.from(pixels).join(" ");
  document.getElementById("walk").hidden = false;
)js";

const char* const walk_elements = R"html(
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

}  // namespace tools
