// The table of layers.
#include "tools/gradcheck/layers_table.h"

#include <memory>
#include <type_traits>

#include "autograd/ops.h"
#include "nn/distributions/normal.h"
#include "nn/flows/flow.h"
#include "nn/layers/dropout.h"
#include "nn/layers/embedding.h"
#include "nn/layers/gru.h"
#include "nn/layers/sequential.h"

namespace nn {

Array table_numbers(const Shape& shape, std::uint32_t which, Real low, Real high) {
  Array x = uniform(Stream().at(Purpose::checking).at_epoch(1000 + which), shape);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = low + (high - low) * x.data()[i];
  return x;
}

std::vector<LayerEntry> all_layers() {
  using Vars = const std::vector<Var>&;
  std::vector<LayerEntry> table;

  // Adds a layer, with numbers in all its parameters, and how it is called.
  const auto add = [&](const std::string& name, const std::vector<Shape>& inputs, auto layer,
                       const auto& call) {
    using L = decltype(layer);
    const auto kept = std::make_shared<L>(std::move(layer));
    const auto visit = [kept](const Visitor& visitor) {
      if constexpr (!std::is_same_v<L, Dropout>) kept->visit("", visitor);
    };
    std::uint32_t which = 1;
    visit([&](const std::string&, Parameter& p) { p.update() = table_numbers(p.shape(), which++); });
    table.push_back({name, inputs, [kept, call](Vars x) { return call(*kept, x); }, visit});
  };
  const auto of_x = [](const auto& layer, Vars x) { return layer(x[0]); };
  const Stream stream;
  const Activation tanh = activation_named("tanh");

  // clang-format off
  add("Linear", {{3, 4}}, Linear(zeros({5, 4})), of_x);
  for (const Activation& activation : activations())
    add(std::string("MLP ") + activation.name, {{3, 4}}, MLP({4, 6, 5, 2}, activation, stream), of_x);
  add("Sequential", {{3, 4}},
      Sequential({Linear(zeros({5, 4})), tanh.apply, LayerNorm(5), GatedDense(5, 2, stream)}), of_x);

  add("GatedDense", {{3, 4}}, GatedDense(4, 5, stream), of_x);
  add("ResidualBlock", {{3, 4}}, ResidualBlock(4, 6, tanh, 1, stream), of_x);
  add("ResidualConvBlock", {{2, 3, 4, 2}}, ResidualConvBlock(3, 2, 3, tanh, 1, stream), of_x);
  add("DownBlock", {{2, 2, 5, 4}}, DownBlock(2, 3, tanh, stream), of_x);
  add("UpBlock", {{2, 2, 2, 3}}, UpBlock(2, 3, tanh, stream), of_x);

  add("LayerNorm", {{3, 4}}, LayerNorm(4), of_x);
  add("LayerNorm of three axes", {{2, 3, 4}}, LayerNorm(4), of_x);
  add("GroupNorm", {{3, 6}}, GroupNorm(2, 6), of_x);
  add("GroupNorm of images", {{2, 4, 3, 2}}, GroupNorm(2, 4), of_x);
  for (const Mode mode : {Mode::training, Mode::evaluation})
    add(mode == Mode::training ? "Dropout training" : "Dropout evaluation", {{3, 4}}, Dropout(0.4),
        [=](const Dropout& f, Vars x) { return f(x[0], mode, Stream()); });

  add("Embedding", {}, Embedding(zeros({4, 3})), [](const Embedding& f, Vars) { return f({2, 0, 2, 1}); });
  add("GRUCell", {{3, 4}, {3, 2}}, GRUCell(zeros({6, 4}), zeros({6, 2})),
      [](const GRUCell& f, Vars x) { return f(x[0], x[1]); });
  add("MaskedLinear", {{3, 4}},
      MaskedLinear(zeros({2, 4}), array({2, 4}, {1, 0, 0, 1, 0, 1, 1, 1})), of_x);
  add("MADE", {{3, 4}}, MADE(4, {6, 5}, 2, tanh, stream, {2, 0, 3, 1}), of_x);
  add("CausalConv1d", {{2, 3, 6}}, CausalConv1d(zeros({2, 3, 3}), 2), of_x);

  add("Conv2d", {{2, 3, 4, 5}}, Conv2d(zeros({2, 3, 3, 2})), of_x);
  add("Conv2d by two, padded, in groups", {{2, 4, 5, 4}}, Conv2d(zeros({4, 2, 3, 3}), {2, 1, 2}), of_x);
  add("ConvTranspose2d", {{2, 3, 3, 2}}, ConvTranspose2d(zeros({3, 2, 4, 4}), {2, 1}), of_x);
  add("ConvTranspose2d in groups", {{2, 4, 3, 2}}, ConvTranspose2d(zeros({4, 1, 3, 3}), {2, 1, 2}, 1), of_x);
  add("MaskedConv2d A", {{2, 2, 4, 3}}, MaskedConv2d(zeros({3, 2, 3, 3}), MaskedConv2d::Type::A), of_x);
  add("MaskedConv2d B", {{1, 2, 4, 5}}, MaskedConv2d(zeros({2, 2, 5, 5}), MaskedConv2d::Type::B), of_x);

  // Of a step of a flow: the value, and beside it log |det|.   [B,D+1]
  const auto beside = [](Var value, Var column) {
    return concat({value, reshape(column, {column.rows(), 1})}, 1);
  };
  const auto both = [=](const ValueAndLogDet& y) { return beside(y.value, y.log_det); };
  const auto forward = [=](const auto& f, Vars z) { return both(f.forward(z[0])); };
  const auto inverse = [=](const auto& f, Vars y) { return both(f.inverse(y[0])); };
  const CouplingFlow coupling(3, Half::first, {4}, tanh, stream);
  const AutoregressiveFlow autoregressive(3, {4}, tanh, stream, {2, 0, 1});
  add("AffineFlow", {{2, 3}}, AffineFlow(3), forward);
  add("AffineFlow inverse", {{2, 3}}, AffineFlow(3), inverse);
  add("SigmoidFlow", {{2, 3}}, SigmoidFlow(), forward);
  add("SigmoidFlow inverse", {{2, 3}}, SigmoidFlow(),
      [=](const SigmoidFlow& f, Vars x) { return both(f.inverse(sigmoid(x[0]))); });
  add("CouplingFlow", {{2, 3}}, coupling, forward);
  add("CouplingFlow inverse", {{2, 3}}, coupling, inverse);
  add("AutoregressiveFlow", {{2, 3}}, autoregressive, forward);
  add("AutoregressiveFlow inverse", {{2, 3}}, autoregressive, inverse);
  add("MaskedAutoregressiveFlow", {{2, 3}}, MaskedAutoregressiveFlow(autoregressive), forward);
  add("MaskedAutoregressiveFlow inverse", {{2, 3}}, MaskedAutoregressiveFlow(autoregressive), inverse);

  const Flow flow({AffineFlow(3), CouplingFlow(3, Half::second, {4}, tanh, stream), SigmoidFlow()});
  add("Flow log_prob", {{2, 3}, {2, 3}, {2, 3}}, flow, [](const Flow& f, Vars x) {
    return Transformed(Normal(x[0], x[1]), f).log_prob(sigmoid(x[2]));
  });
  add("Flow rsample", {{2, 3}, {2, 3}}, flow, [=](const Flow& f, Vars x) {
    const Draw y = Transformed(Normal(x[0], x[1]), f).draw(Stream());
    return beside(y.value, *y.log_prob);
  });
  // clang-format on
  return table;
}

}  // namespace nn
