// The operations on arrays: reductions, shapes, products, linear algebra, convolutions.
#include "autograd/custom.h"
#include "autograd/ops.h"
#include "tools/gradcheck/ops_table.h"

namespace autograd {

// All other operations.
std::vector<OpEntry> structural_ops() {
  using Vars = const std::vector<Var>&;
  using Shapes = OpTable::Shapes;
  OpTable add;
  const auto &one = add.one, &two = add.two;
  const Domain &any = add.any, &both_signs = add.both_signs;

  // clang-format off
  // ---- sums ----
  const char* sum_over = "sum(Var x, const Axes& axes, bool keep = false)";
  const char* mean_over = "mean(Var x, const Axes& axes, bool keep = false)";
  const char* logsumexp_over = "logsumexp(Var x, const Axes& axes, bool keep = false)";
  const char* spread = "broadcast_to(Var x, const Shape& shape)";
  const std::vector<Shapes> matrices = {{{2, 3}}, {{1, 3}}, {{2, 1}}};
  const std::vector<Shapes> empty_matrix = {{{0, 3}}};
  const std::vector<Shapes> cube = {{{2, 3, 4}}};
  add("sum(Var x)", "sum_to", [](Vars x) { return sum(x[0]); }, {any}, one);
  for (const bool keep : {false, true}) {
    for (const Axes& axes : {Axes{}, Axes{0}, Axes{1}, Axes{0, 1}, Axes{1, 0}}) {
      const auto sums = [=](Vars x) { return sum(x[0], axes, keep); };
      const auto means = [=](Vars x) { return mean(x[0], axes, keep); };
      const auto logsums = [=](Vars x) { return logsumexp(x[0], axes, keep); };
      for (const auto& inputs : {matrices, cube}) {
        add(sum_over, "sum_to", sums, {any}, inputs);
        add(mean_over, "sum_to", means, {any}, inputs);
        add(logsumexp_over, "logsumexp", logsums, {any}, inputs);
      }
      add(sum_over, "sum_to", sums, {any}, empty_matrix);
    }
    add(sum_over, "sum_to", [=](Vars x) { return sum(x[0], {0, 2}, keep); }, {any}, cube);
    add(logsumexp_over, "logsumexp", [=](Vars x) { return logsumexp(x[0], {0, 2}, keep); }, {any}, cube);
  }
  add("mean(Var x)", "sum_to", [](Vars x) { return mean(x[0]); }, {any}, {{{}}, {{3}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {2, 3}); }, {any},
      {{{}}, {{3}}, {{1}}, {{1, 3}}, {{2, 1}}, {{2, 3}}});
  add(spread, "broadcast_to", [](Vars x) { return broadcast_to(x[0], {4, 2, 3, 5}); }, {any},
      {{{4, 1, 3, 1}}, {{2, 1, 5}}, {{1, 2, 1, 1}}});
  add(spread, "broadcast_to",
      [](Vars x) { return broadcast_to(x[0], {0, 3}); }, {any}, {{{3}}, {{1, 1}}, {{0, 1}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {2, 1, 1, 5}); }, {any},
      {{{4, 2, 3, 1, 5}}});
  add("sum_to(Var x, const Shape& shape)", "sum_to", [](Vars x) { return sum_to(x[0], {3}); }, {any},
      {{{2, 3}}, {{3}}, {{0, 3}}});

  // ---- other reductions ----
  const std::vector<Shapes> filled = {{{}}, {{3}}, {{2, 3}}};
  add("max(Var x)", "max", [](Vars x) { return max(x[0]); }, {any}, filled);
  add("min(Var x)", "min", [](Vars x) { return min(x[0]); }, {any}, filled);
  add("prod(Var x)", "prod", [](Vars x) { return prod(x[0]); }, {any}, {{{3}}, {{2, 3}}});
  add("var(Var x)", "var", [](Vars x) { return var(x[0]); }, {any}, filled);
  add("norm(Var x)", "norm", [](Vars x) { return norm(x[0]); }, {both_signs}, filled);
  for (const bool keep : {false, true}) {
    for (const Axes& axes : {Axes{1}, Axes{0, 2}}) {
      add("max(Var x, const Axes& axes, bool keep = false)", "max",
          [=](Vars x) { return max(x[0], axes, keep); }, {any}, cube);
      add("min(Var x, const Axes& axes, bool keep = false)", "min",
          [=](Vars x) { return min(x[0], axes, keep); }, {any}, cube);
      add("prod(Var x, const Axes& axes, bool keep = false)", "prod",
          [=](Vars x) { return prod(x[0], axes, keep); }, {any}, cube);
      add("var(Var x, const Axes& axes, bool keep = false, std::size_t ddof = 0)", "var",
          [=](Vars x) { return var(x[0], axes, keep, 1); }, {any}, cube);
      add("norm(Var x, const Axes& axes, bool keep = false)", "norm",
          [=](Vars x) { return norm(x[0], axes, keep); }, {any}, cube);
    }
  }
  for (const std::size_t axis : {0u, 1u, 2u}) {
    add("softmax(Var x, std::size_t axis)", "softmax",
        [=](Vars x) { return softmax(x[0], axis); }, {any}, cube);
    add("log_softmax(Var x, std::size_t axis)", "log_softmax",
        [=](Vars x) { return log_softmax(x[0], axis); }, {any}, cube);
    add("cumsum(Var x, std::size_t axis)", "cumsum", [=](Vars x) { return cumsum(x[0], axis); }, {any}, cube);
  }

  // ---- shapes ----
  const char* cut = "slice(Var x, std::size_t axis, std::ptrdiff_t first, std::ptrdiff_t last, "
                    "std::ptrdiff_t step = 1)";
  const char* joined = "concat(const std::vector<Var>& xs, std::size_t axis)";
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {3, 2}); }, {any}, {{{2, 3}}, {{6}}});
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {}); }, {any}, {{{}}, {{1, 1}}});
  add("reshape(Var x, const Shape& shape)", "reshape",
      [](Vars x) { return reshape(x[0], {3, 0}); }, {any}, empty_matrix);
  for (const std::size_t axis : {0u, 1u, 2u})
    add(cut, "slice", [=](Vars x) { return slice(x[0], axis, 1, 3); }, {any}, {{{3, 4, 5}}});
  add(cut, "slice", [](Vars x) { return slice(x[0], 0, 0, 0); }, {any}, {{{3}}, {{2, 3}}, {{0, 3}}});
  for (const std::size_t axis : {0u, 1u, 2u})
    add("embed(Var x, const Shape& shape, std::size_t axis, std::size_t first)", "embed", [=](Vars x) {
          Shape wider = x[0].shape();
          wider[axis] += 3;
          return embed(x[0], wider, axis, 2);
        },
        {any}, {{{2, 3, 4}}, {{0, 3, 2}}});
  add(cut, "take", [](Vars x) { return slice(x[0], 1, -4, -1, 2); }, {any}, {{{2, 5, 3}}});
  add("pad(Var x, std::size_t axis, std::size_t before, std::size_t after)", "embed",
      [](Vars x) { return pad(x[0], 1, 2, 1); },
      {any}, {{{2, 3}}, {{2, 3, 4}}});
  add("diagonal(Var x)", "take", [](Vars x) { return diagonal(x[0]); }, {any}, {{{3, 3}}, {{0, 0}}});
  add("diag(Var x)", "scatter_add", [](Vars x) { return diag(x[0]); }, {any}, {{{3}}, {{0}}});
  add("trace(Var x)", "sum_to", [](Vars x) { return trace(x[0]); }, {any}, {{{3, 3}}});
  for (const std::size_t axis : {0u, 1u, 2u}) {
    add("flip(Var x, std::size_t axis)", "flip", [=](Vars x) { return flip(x[0], axis); }, {any}, cube);
    add("take(Var x, const std::vector<std::size_t>& indices, std::size_t axis = 0)", "take",
        [=](Vars x) { return take(x[0], {1, 0, 0}, axis); }, {any}, cube);
    add("scatter_add(Var x, const Shape& shape, const std::vector<std::size_t>& indices, "
        "std::size_t axis = 0)",
        "scatter_add",
        [=](Vars x) {
          Shape wider = x[0].shape();
          std::vector<std::size_t> indices(wider[axis], 1);
          indices.front() = wider[axis] += 2, --indices.front();
          return scatter_add(x[0], wider, indices, axis);
        },
        {any}, cube);
    add("expand_dims(Var x, std::size_t axis)", "reshape",
        [=](Vars x) { return expand_dims(x[0], axis); }, {any}, {{{2, 3}}});
    add("squeeze(Var x, std::size_t axis)", "reshape",
        [=](Vars x) { return squeeze(expand_dims(x[0], axis), axis); }, {any},
        {{{2, 3}}});
    add("stack(const std::vector<Var>& xs, std::size_t axis = 0)", "concat",
        [=](Vars x) { return stack(x, axis); }, {any},
        {{{2, 3}, {2, 3}, {2, 3}}});
  }
  for (const Axes& axes : {Axes{0, 1, 2}, Axes{2, 0, 1}, Axes{1, 0, 2}})
    add("permute(Var x, const Axes& axes)", "permute",
        [=](Vars x) { return permute(x[0], axes); }, {any}, {{{2, 3, 4}}, {{0, 3, 2}}});
  add("transpose(Var x)", "permute",
      [](Vars x) { return transpose(x[0]); }, {any}, {{{2, 3}}, {{2, 3, 4}}, {{0, 3}}});
  for (const std::size_t axis : {0u, 1u}) {
    add(joined, "concat",
        [=](Vars x) { return concat(x, axis); }, {any}, {{{2, 3}, {2, 3}, {2, 3}}, {{0, 3}, {0, 3}}});
  }
  add(joined, "concat",
      [=](Vars x) { return concat(x, 1); }, {any}, {{{2, 3}, {2, 0}, {2, 1}}, {{2, 3, 2}, {2, 1, 2}}});
  add(joined, "concat", [=](Vars x) { return concat({x[0], x[1], x[0]}, 0); }, {any}, {{{2}, {3}}});

  // ---- products ----
  const char* product_of = "matmul(Var a, Var b, bool transpose_a = false, bool transpose_b = false)";
  const auto product = [&](bool ta, bool tb, const std::vector<Shapes>& inputs) {
    add(product_of, "matmul", [=](Vars x) { return matmul(x[0], x[1], ta, tb); }, {any}, inputs);
  };
  product(false, false, {{{2, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}});
  product(true, false, {{{3, 2}, {3, 4}}, {{0, 2}, {0, 3}}});
  product(false, true, {{{2, 3}, {4, 3}}, {{2, 3}, {0, 3}}});
  product(true, true, {{{3, 2}, {4, 3}}, {{3, 0}, {2, 3}}});
  product(false, false, {{{2, 2, 3}, {2, 3, 2}}, {{2, 1, 2, 3}, {3, 3, 1}}, {{2, 3, 2}, {2, 3}},
                         {{2, 3}, {2, 3, 1}}, {{0, 2, 3}, {3, 2}}});
  product(true, false, {{{2, 3, 2}, {2, 3, 2}}, {{2, 3, 2}, {3, 2}}});
  product(false, true, {{{2, 2, 3}, {1, 2, 3}}, {{2, 2, 3}, {2, 3}}});
  product(true, true, {{{2, 3, 2}, {2, 2, 3}}});
  for (const bool transpose_first : {false, true})  // x xᵀ and xᵀx: both operands are one array
    add(product_of, "matmul",
        [=](Vars x) { return matmul(x[0], x[0], transpose_first, !transpose_first); }, {any}, {{{2, 3}}});
  add("affine(Var x, Var W, Var b)", "affine", [](Vars x) { return affine(x[0], x[1], x[2]); }, {any},
      {{{4, 3}, {2, 3}, {2}}, {{1, 1}, {1, 1}, {1}}, {{0, 3}, {2, 3}, {2}}, {{2, 0}, {3, 0}, {3}},
       {{2, 3}, {0, 3}, {0}}});

  // ---- linear algebra ---- of A = x xᵀ + I, which is positive-definite for every x
  const auto identity = [](Var like) { return diag(constant(full({like.shape().back()}, 1))); };
  const auto positive_definite = [=](Var x) { return matmul(x, x, false, true) + identity(x); };
  const std::vector<Shapes> squares = {{{1, 1}}, {{3, 3}}, {{2, 2, 2}}, {{0, 2, 2}}, {{0, 0}}};
  add("cholesky(Var A)", "cholesky",
      [=](Vars x) { return cholesky(positive_definite(x[0])); }, {any}, squares);
  add("logdet(Var A)", "cholesky", [=](Vars x) { return logdet(positive_definite(x[0])); }, {any}, squares);
  add("inverse(Var A)", "solve_triangular",
      [=](Vars x) { return inverse(positive_definite(x[0])); }, {any}, squares);
  for (const bool transpose : {false, true})
    add("solve_triangular(Var L, Var b, bool transpose = false)", "solve_triangular",
        [=](Vars x) { return solve_triangular(x[0] + 3 * identity(x[0]), x[1], transpose); }, {any},
        {{{1, 1}, {1, 2}}, {{3, 3}, {3, 2}}, {{2, 2, 2}, {2, 2, 1}}, {{2, 2}, {2, 2, 1}}, {{2, 2}, {2, 0}}});

  // ---- convolutions ----
  using How = Convolution;
  for (const Convolution& c : {How{1, 0, 1}, How{1, 1, 1}, How{2, 1, 1}, How{3, 2, 2}, How{2, 1, 2, 3}}) {
    const Shape x = {2, 2, 4, 3}, W = {4, 2 / c.groups, 3, 2};
    const Shape y = {2, 4, (4 + 2 * c.padding - 3) / c.stride + 1, (3 + 2 * c.padding - 2) / c.stride + 1};
    add("conv2d(Var x, Var W, Convolution how = {})", "conv2d",
        [=](Vars v) { return conv2d(v[0], v[1], c); }, {any}, {{x, W}});
    add("conv2d(Var x, Var W, Var b, Convolution how = {})", "conv2d",
        [=](Vars v) { return conv2d(v[0], v[1], v[2], c); }, {any}, {{x, W, {4}}});
    add("conv2d_input(Var y, Var W, const Shape& shape, Convolution how = {})", "conv2d_input",
        [=](Vars v) { return conv2d_input(v[0], v[1], x, c); }, {any}, {{y, W}});
    add("conv2d_weight(Var y, Var x, const Shape& shape, Convolution how = {})", "conv2d_weight",
        [=](Vars v) { return conv2d_weight(v[0], v[1], W, c); }, {any}, {{y, x}});
  }
  add("conv2d(Var x, Var W, Convolution how = {})", "conv2d",
      [](Vars v) { return conv2d(v[0], v[1]); }, {any},
      {{{2, 3, 2, 2}, {2, 3, 1, 1}}, {{0, 1, 3, 3}, {1, 1, 2, 2}}, {{1, 0, 3, 3}, {2, 0, 2, 2}}});
  add("conv2d(Var x, Var W, Var b, Convolution how = {})", "conv2d",
      [](Vars v) { return conv2d(v[0], v[1], v[2]); }, {any},
      {{{2, 3, 2, 2}, {2, 3, 1, 1}, {2}},
       {{0, 1, 3, 3}, {1, 1, 2, 2}, {1}},
       {{1, 0, 3, 3}, {2, 0, 2, 2}, {2}},
       {{1, 0, 1, 1}, {2, 0, 1, 1}, {2}}});
  using Transposed = std::vector<std::pair<How, std::size_t>>;
  for (const auto& [c, output_padding] : Transposed{{{1, 0, 1}, 0}, {{2, 1, 2}, 1}, {{3, 1, 1}, 2}})
    add("conv_transpose2d(Var x, Var W, Convolution how = {}, std::size_t output_padding = 0)",
        "conv2d_input",
        [c = c, extra = output_padding](Vars v) { return conv_transpose2d(v[0], v[1], c, extra); }, {any},
        {{{1, 2, 2, 3}, {2, 1, 3, 2}}});
  for (const std::size_t factor : {1u, 2u, 3u})
    add("upsample_nearest2d(Var x, std::size_t factor)", "upsample_nearest2d",
        [=](Vars x) { return upsample_nearest2d(x[0], factor); }, {any}, {{{1, 2, 3, 2}}});
  for (const std::size_t factor : {2u, 3u}) {
    const std::vector<Shapes> tiled = {{{1, 2, 2 * factor, factor}}};
    add("sum_pool2d(Var x, std::size_t factor)", "sum_pool2d",
        [=](Vars x) { return sum_pool2d(x[0], factor); }, {any}, tiled);
    add("avg_pool2d(Var x, std::size_t factor)", "sum_pool2d",
        [=](Vars x) { return avg_pool2d(x[0], factor); }, {any}, tiled);
  }

  // ---- control ----
  // The rule of the step is wrong on purpose: the check passes only if stop_gradient stops it.
  add("stop_gradient(Var x)", "stop_gradient", [](Vars x) {
        const auto step = [](const Array& x) {
          Array y = x;
          for (Real& v : y) v = v > 0 ? 1 : -1;
          return y;
        };
        return stop_gradient(custom("step", {x[0]}, step, [](Var g) { return g; })) * x[0];
      },
      {both_signs}, one);
  add("checkpoint(const std::function<Var()>& f)", "checkpoint",
      [](Vars x) { return checkpoint([=] { return tanh(x[0]) * x[1] + square(x[0]); }); }, {any}, two);
  // clang-format on
  return std::move(add.entries);
}

std::vector<OpEntry> all_ops() {
  std::vector<OpEntry> all = elementwise_ops();
  for (OpEntry& op : structural_ops()) all.push_back(std::move(op));
  return all;
}

}  // namespace autograd
