// The generator in the page: what of a model leads from z to the mean of p(x|z), and to p(z_t|z_<t), in
// JavaScript, as ../../vae/autoregressive.cpp and ../../vae/top_down.cpp have it.
#include "tools/report/walk_scripts.h"

namespace tools {

const char* const walk_networks = R"js(
  const floats = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };
  const unpack = (layer) => { layer.weight = floats(layer.weight); layer.bias = floats(layer.bias); };
  const latents = model.latents, L = latents.length, Z = latents.reduce((a, b) => a + b, 0);
  const firsts = latents.map((_, t) => latents.slice(0, t).reduce((a, b) => a + b, 0));

  const sigmoid = (v) => 1 / (1 + Math.exp(-v));
  const activate = { tanh: Math.tanh, relu: (v) => Math.max(v, 0), sigmoid, silu: (v) => v * sigmoid(v),
                     softplus: (v) => v > 30 ? v : Math.log1p(Math.exp(v)) }[model.activation];

  // What conditions the model: one of several rows, or of length 0.
  const conditions = model.conditions, rows_of_c = conditions ? floats(conditions.c) : new Float32Array(0);
  const C = conditions ? rows_of_c.length / conditions.names.length : 0, c = new Float64Array(C);
  const beside_c = (x) => Float64Array.of(...x, ...c);

  // Perceptrons: y = W x + b, layer by layer, with the activation between them.
  const through = (layers, x) => {
    layers.forEach(({ in: size, out, weight, bias }, k) => {
      if (k > 0) x = x.map(activate);
      const y = new Float64Array(out);
      for (let o = 0; o < out; ++o) {
        let sum = bias[o];
        for (let i = 0; i < size; ++i) sum += weight[o * size + i] * x[i];
        y[o] = sum;
      }
      x = y;
    });
    return x;
  };
  const dense = () => {
    for (const layers of [model.decoder, ...model.priors]) layers.forEach(unpack);
    return { output: (z) => through(model.decoder, beside_c(z)),
             prior: (t, z) => through(model.priors[t - 1], beside_c(z.subarray(0, firsts[t]))) };
  };
  model.prior_of_condition.forEach(unpack);  // p(z₀|c), where it is one

  // Convolutions, from the top down: h_{t+1} = block(h_t + W z_t), enlarged to the side of the next level,
  // from one pixel by a matrix; of several each becomes a square, and what is beyond the side is cut off.
  const topDown = () => {
    Object.values(model.convolutions).forEach(unpack);
    Object.values(model.places).forEach((place) => { place.h = Float64Array.from(floats(place.h)); });

    // y[o,i,j] = b[o] + Σ W[o,c,k,l] x[c, i + k − p, j + l − p], of the same size
    const convolve = (name, x, side) => {
      const { in: channels, out, kernel, weight, bias } = model.convolutions[name], p = kernel >> 1;
      const y = new Float64Array(out * side * side);
      for (let o = 0; o < out; ++o) {
        y.fill(bias[o], o * side * side, (o + 1) * side * side);
        for (let c = 0; c < channels; ++c)
          for (let k = 0; k < kernel; ++k)
            for (let l = 0; l < kernel; ++l) {
              const w = weight[((o * channels + c) * kernel + k) * kernel + l];
              for (let i = Math.max(0, p - k); i < Math.min(side, side + p - k); ++i) {
                const to = (o * side + i) * side, from = (c * side + i + k - p) * side + l - p;
                for (let j = Math.max(0, p - l); j < Math.min(side, side + p - l); ++j)
                  y[to + j] += w * x[from + j];
              }
            }
      }
      return y;
    };
    const plus = (a, b) => a.map((v, i) => v + b[i]);
    const block = (name, h, side) => plus(h, convolve(name + ".second",
      convolve(name + ".first", h.map(activate), side).map(activate), side));
    const enlarged = (h, from, side) => {
      if (from === side) return h;
      const place = model.places[side];
      const x = place.project ? convolve(place.project, h, from) : h;
      if (from === 1) return plus(place.h, x);
      const square = Math.ceil(side / from);
      return place.h.map((v, at) => {
        const c = Math.floor(at / side / side), i = Math.floor(at / side) % side, j = at % side;
        return v + x[(c * from + Math.floor(i / square)) * from + Math.floor(j / square)];
      });
    };
    const last = model.width / 2, to_first = model.first_of_condition;
    if (to_first) unpack(to_first);
    const first = () => {  // h₀, of one pixel for each channel, and W c added
      const h = model.places[model.levels[0].side].h;
      if (!to_first) return h;
      const more = through([{ in: C, out: to_first.bias.length, ...to_first }], c);
      const pixels = h.length / more.length;
      return h.map((v, at) => v + more[Math.floor(at / pixels)]);
    };
    const state = (t, z) => {  // h_t
      let h = first();
      for (let s = 0; s < t; ++s) {
        const { side, update } = model.levels[s];
        const more = convolve(update + ".project", z.subarray(firsts[s], firsts[s] + latents[s]), side);
        h = block(update + ".block", plus(h, more), side);
        h = enlarged(h, side, s + 1 < L ? model.levels[s + 1].side : last);
      }
      return h;
    };
    const bias = floats(model.pixel_bias);
    return {
      output: (z) => {  // the pixels of each square of 2 × 2 are four channels
        const h = convolve("decoder", state(L, z).map(activate), last);
        return Float64Array.from(bias, (b, at) => {
          const y = Math.floor(at / model.width), x = at % model.width;
          return b + h[((y % 2 * 2 + x % 2) * last + (y >> 1)) * last + (x >> 1)];
        });
      },
      prior: (t, z) => convolve(model.levels[t].prior, state(t, z).map(activate), model.levels[t].side)
    };
  };
  const network = model.convolutions ? topDown() : dense();

  // The mean of p(x|z).
  const uniform = (l) => Math.abs(l) < 1e-3 ? 0.5 + l / 12 : 1 / (1 - Math.exp(-l)) - 1 / l;
  const means = { bernoulli: sigmoid, gaussian: (v) => v, "continuous-bernoulli": uniform };
  const decode = (z) => network.output(z).map(means[model.likelihood]);
)js";

}  // namespace tools
