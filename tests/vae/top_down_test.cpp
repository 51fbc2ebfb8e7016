// The convolutional hierarchy: PyTorch's numbers, its state, its beginning, its sides, and what it refuses.
#include "vae/top_down.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "autograd/ops.h"
#include "tests/autograd/arrays.h"
#include "tests/autograd/messages.h"
#include "tests/catch.h"
#include "vae/elbo.h"
#include "vae/gradients/generalized_dreg.h"
#include "vae/gradients/path_derivative.h"

using namespace vae;

namespace {

Architecture conv(std::size_t side, std::vector<std::size_t> latent) {
  Architecture a;
  a.pixels = side * side, a.channels = {4}, a.latent = std::move(latent);
  a.networks = NetworkKind::convolutional;
  return a;
}

// All weights at random, so that no factor is the standard normal that it is at first.
void shake(Model& model) {
  std::uint32_t epoch = 0;
  model.visit([&](const std::string&, Parameter& p) {
    p.update() += Real(0.2) * normal(Stream().at(Purpose::checking).at_epoch(epoch++), p.shape());
  });
}

Array images(std::size_t count, std::size_t side) {
  Array x = uniform(Stream().at(Purpose::drawing), {count, side * side});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = x.data()[i] < Real(0.3);
  return x;
}

// Arrays by "WHAT NAME", from lines "WHAT NAME SHAPE : NUMBERS".
std::map<std::string, Array> golden(const std::string& name) {
  std::map<std::string, Array> arrays;
  std::ifstream file(std::string(ELBO_SOURCE_DIR) + "/tests/golden/" + name + ".txt");
  for (std::string line; std::getline(file, line);) {
    std::stringstream words(line);
    std::string what, name;
    words >> what >> name;
    Shape shape;
    for (std::string word; words >> word && word != ":";) shape.push_back(std::stoul(word));
    std::vector<Real> values;
    for (Real value; words >> value;) values.push_back(value);
    arrays[what + " " + name] = array(shape, values);
  }
  return arrays;
}

}  // namespace

namespace {

// The bound of a model with the weights of a table, at its images and noise, against what the table says.
void compare(const std::string& table, const Architecture& a) {
  Evaluation scope;
  std::map<std::string, Array> g = golden(table);
  TopDownVAE model(a, Stream());  // by tanh
  std::size_t parameters = 0;
  for (const auto& [name, parameter] : model.parameters()) {
    INFO(name);
    REQUIRE(g.count("parameter " + name) == 1);
    REQUIRE(g["parameter " + name].shape() == parameter->shape());
    parameter->update() = g["parameter " + name];
    ++parameters;
  }
  const auto of_parameters = [](const auto& entry) { return entry.first.rfind("parameter ", 0) == 0; };
  CHECK(std::size_t(std::count_if(g.begin(), g.end(), of_parameters)) == parameters);

  // z_t = μ + σ ε_t
  const Var x = constant(g["x x"]);
  const std::vector<Level> levels =
      descend(model, x, 1, [&](std::size_t t, const std::optional<Density>& q, const Density&) {
        return nn::Draw{(*q)->mean() + sqrt((*q)->variance()) * constant(g["eps " + std::to_string(t)]), {}};
      });
  const Bound bound = bound_along(model, x, levels, 1, KLForm::mixed);
  CHECK(largest_difference(bound.reconstruction, constant(g["reconstruction x"])) < 1e-10);
  for (std::size_t t = 0; t < model.levels(); ++t) {
    INFO("level " << t);
    CHECK(largest_difference(bound.kl_per_level[t], constant(g["kl " + std::to_string(t)])) < 1e-10);
  }
}

}  // namespace

TEST_CASE("top_down: the bound is that of an independent model in PyTorch with the same weights and noise") {
  compare("top_down", conv(12, {3, 2, 1, 2}));
  Architecture one = conv(12, {3});
  one.channels = {3, 2, 4};
  compare("top_down_one", one);
  Architecture a = conv(12, {3, 3, 2, 2, 1, 1});
  a.channels = {4, 6, 10}, a.share_weights = true, a.recompute_blocks = true,
  a.decoder = DecoderKind::pixelcnn, a.pixelcnn_layers = 3, a.pixelcnn_channels = 5;
  a.prior = &prior_named("flow"), a.prior_size = 2, a.prior_hidden = 5;
  compare("top_down_all", a);
}

TEST_CASE("top_down: at first z0 says something else of each place of the image") {
  Evaluation scope;
  const TopDownVAE model(conv(16, {3}), Stream());
  const Array p = decode(model, {constant(full({1, 3}, 1))})->mean().value();
  const auto at = [&](std::size_t row, std::size_t column) { return double(p(0, 16 * row + column)); };
  CHECK(std::abs(at(4, 4) - at(10, 6)) > 1e-4);  // where no edge is near, and both are first of their square
  CHECK(std::abs(at(4, 4) - at(4, 6)) > 1e-4);
}

TEST_CASE("top_down: blocks that are computed again give the same bound and gradients, of a smaller tape") {
  const Array x = images(20, 12);
  const auto gradients = [&](bool recompute) {
    const Tape fresh;  // which holds nothing of other steps
    Architecture a = conv(12, {3, 2, 1});
    a.recompute_blocks = recompute;
    TopDownVAE model(a, Stream());
    shake(model);
    Step step;
    const Var bound = mean(elbo(model, constant(x), 1, KLForm::analytic, Stream()).elbo);
    const std::size_t kept = Tape::current().bytes();  // for the reverse pass
    const Gradients g = backward(bound);
    std::vector<std::vector<Real>> all = {{bound.item()}};
    for (const auto& [name, parameter] : model.parameters()) all.push_back(values_of(g[*parameter]));
    return std::pair(all, kept);
  };
  const auto kept = gradients(false), again = gradients(true);
  CHECK(kept.first == again.first);
  CHECK(again.second < kept.second);
}

TEST_CASE("top_down: blocks that are computed again leave parameters constant that are") {
  const Array x = images(3, 12);
  const auto gradients = [&](bool recompute, const auto& estimator) {
    Architecture a = conv(12, {3, 2, 1});
    a.recompute_blocks = recompute;
    TopDownVAE model(a, Stream());
    shake(model);
    Step step;
    const Gradients g = backward(mean(estimator(model, constant(x)).value));
    std::vector<Real> all;
    for (const auto& [name, parameter] : model.parameters())
      for (const Real slope : values_of(g[*parameter])) all.push_back(slope);
    return all;
  };
  const auto compare_gradients = [&](const auto& estimator) {
    const std::vector<Real> kept = gradients(false, estimator), again = gradients(true, estimator);
    REQUIRE(kept.size() == again.size());
    Real largest = 0, difference = 0;
    for (std::size_t i = 0; i < kept.size(); ++i)
      largest = std::max(largest, std::abs(kept[i])),
      difference = std::max(difference, std::abs(kept[i] - again[i]));
    CHECK(difference < 1e-12 * largest);
  };
  compare_gradients([](Model& m, Var x) { return sticking_the_landing(m, x, 2, 1, Stream()); });
  compare_gradients([](Model& m, Var x) { return doubly_reparameterized(m, x, 2, 0, Stream()); });
  compare_gradients([](Model& m, Var x) { return generalized_dreg(m, x, 2, 0, Stream()); });
}

TEST_CASE("top_down: levels of a side that share their weights") {
  Architecture a = conv(12, {2, 2, 3, 3, 1, 1});  // two levels at each of 1, 3 and 6
  TopDownVAE own(a, Stream());
  a.share_weights = true;
  TopDownVAE shared(a, Stream());
  CHECK(shared.parameters().size() < own.parameters().size());
  std::set<std::string> names;
  for (const auto& [name, parameter] : shared.parameters()) names.insert(name);
  for (const char* t : {"0", "2", "4"})
    CHECK(names.count("update." + std::string(t) + ".project.weight") == 1);
  for (const char* t : {"1", "3", "5"})
    CHECK(names.count("update." + std::string(t) + ".project.weight") == 0);
  a.latent = {2, 3};
  a.pixels = 4;  // a single side, of one pixel
  CHECK(says(message_of<std::invalid_argument>([&] { TopDownVAE(a, Stream()); }),
             {"[top_down]", "2 and 3 latents"}));
}

TEST_CASE("top_down: z that is given meets the factors that it was drawn from") {
  Evaluation scope;
  TopDownVAE model(conv(12, {3, 2, 1, 2}), Stream());
  shake(model);
  const Var x = constant(images(3, 12));
  const std::vector<Level> levels = infer(model, x, 2, Stream());
  const Latents z = latents(levels);
  CHECK(largest_difference(log_posterior(model, x, z), log_q(levels)) < 1e-10);
  CHECK(largest_difference(log_joint(model, x, z), log_likelihood(model, x, levels) + log_p(levels)) < 1e-10);
  CHECK(largest_difference(decode(model, z)->mean(), model.decode(levels.back().below)->mean()) < 1e-12);
  for (std::size_t t = 0; t < levels.size(); ++t) {
    const Latents above(z.begin(), z.begin() + std::ptrdiff_t(t));
    CHECK(largest_difference(posterior(model, above, x, 2)->mean(), (*levels[t].q)->mean()) < 1e-12);
    CHECK(largest_difference(prior(model, above, 6)->mean(), levels[t].p->mean()) < 1e-12);
  }
}

TEST_CASE("top_down: every level and the decoder depend on every level above") {
  TopDownVAE model(conv(12, {2, 1, 1, 2}), Stream());
  shake(model);
  Step step;
  Latents z;
  for (const Var& z_t : generate(model, 1, Stream())) z.push_back(variable(z_t.value()));
  for (std::size_t t = 1; t <= z.size(); ++t) {
    const Latents above(z.begin(), z.begin() + std::ptrdiff_t(t));
    const Gradients g =
        backward(sum(square(t < z.size() ? prior(model, above, 1)->mean() : decode(model, z)->mean())));
    for (std::size_t s = 0; s < t; ++s) {
      const Array& slope = g[z[s]];
      const auto is_zero = [](Real v) { return v == 0; };
      INFO("level " << t << " on " << s);
      CHECK(std::count_if(slope.data(), slope.data() + slope.size(), is_zero) == 0);
    }
  }
}

TEST_CASE("top_down: at first every KL is 0, and then every weight has a slope") {
  TopDownVAE model(conv(12, {3, 2, 1, 2}), Stream());
  const Array x = images(4, 12);
  {
    Evaluation scope;
    const Bound bound = elbo(model, constant(x), 1, KLForm::analytic, Stream());
    for (const Var& kl : bound.kl_per_level) CHECK(largest_difference(kl, constant(zeros({4}))) == 0);
  }
  shake(model);
  Step step;
  const Gradients g = backward(-mean(elbo(model, constant(x), 1, KLForm::analytic, Stream()).elbo));
  for (const auto& [name, parameter] : model.parameters()) {
    INFO(name);
    const Array& slope = g[*parameter];
    CHECK(std::any_of(slope.data(), slope.data() + slope.size(), [](Real v) { return v != 0; }));
  }
}

TEST_CASE("top_down: what L levels add to the state begins scaled by the root of L") {
  TopDownVAE one(conv(12, {3}), Stream()), four(conv(12, {3, 2, 1, 2}), Stream());
  const auto weight = [](Model& model, const std::string& wanted) {
    Array found;
    for (const auto& [name, parameter] : model.parameters())
      if (name == wanted) found = parameter->value();
    return found;
  };
  const Array alone = weight(one, "update.0.project.weight"), among = weight(four, "update.0.project.weight");
  REQUIRE(alone.size() == 12);
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(among(i, 0, 0, 0) == Approx(alone(i, 0, 0, 0) / 2).epsilon(1e-14));
}

TEST_CASE("top_down: the levels stand at 1, 4, 7 and 14 pixels of an image of 28") {
  Evaluation scope;
  for (const auto& [levels, sides] : std::vector<std::pair<std::size_t, std::vector<std::size_t>>>{
           {1, {1}}, {2, {1, 7}}, {4, {1, 4, 7, 14}}, {6, {1, 1, 4, 7, 7, 14}}}) {
    const TopDownVAE model(conv(28, std::vector<std::size_t>(levels, 2)), Stream());
    const Latents z = generate(model, 1, Stream());
    for (std::size_t t = 0; t < levels; ++t) CHECK(z[t].shape() == Shape{1, 2 * sides[t] * sides[t]});
  }
}

TEST_CASE("top_down: begins at the mean of the data, pixel by pixel") {
  Evaluation scope;
  TopDownVAE model(conv(6, {1}), Stream());
  Array x = zeros({10, 36});
  for (std::size_t i = 0; i < 36; ++i)
    for (std::size_t n = 0; n < 10; ++n) x(n, i) = n < 1 + i % 9;
  model.visit([](const std::string& name, Parameter& p) {
    if (name == "decoder.weight") p.update().fill(0);
  });
  model.start_at(x);
  const Array mean = decode(model, generate(model, 1, Stream()))->mean().value();
  for (std::size_t i = 0; i < 36; ++i) CHECK(mean(0, i) == Approx(Real(1 + i % 9) / 10).epsilon(1e-6));
}

TEST_CASE("top_down: a pixel of z moves the square of the image that it stands for most") {
  Evaluation scope;
  TopDownVAE model(conv(28, {1, 1, 1, 1}), Stream());
  shake(model);
  Latents z = generate(model, 1, Stream());
  const Array before = decode(model, z)->mean().value();
  Array moved = z[3].value();
  moved(0, 3 * 14 + 10) += 1;  // row 3, column 10 of 14 x 14
  z[3] = constant(moved);
  const Array after = decode(model, z)->mean().value();
  for (std::size_t i = 0; i < 28; ++i)
    for (std::size_t j = 0; j < 28; ++j) {
      // Three convolutions reach three squares away.
      const std::size_t down = i / 2 > 3 ? i / 2 - 3 : 3 - i / 2,
                        across = j / 2 > 10 ? j / 2 - 10 : 10 - j / 2;
      const bool changed = after(0, 28 * i + j) != before(0, 28 * i + j);
      INFO(i << ", " << j);
      CHECK(changed == (down <= 3 && across <= 3));
    }
}

TEST_CASE("top_down: no images have no latents, and no bound") {
  Evaluation scope;
  const TopDownVAE model(conv(12, {3, 2}), Stream());
  CHECK(elbo(model, constant(zeros({0, 144})), 1, KLForm::analytic, Stream()).elbo.shape() == Shape{0});
}

TEST_CASE("top_down: names of weights are unique, and what cannot be is refused") {
  TopDownVAE model(conv(12, {3, 2, 1, 2}), Stream());
  std::set<std::string> names;
  for (const auto& [name, parameter] : model.parameters()) names.insert(name);
  CHECK(names.size() == model.parameters().size());

  const auto message = [](const Architecture& a) {
    return message_of<std::invalid_argument>([&] { TopDownVAE(a, Stream()); });
  };
  Architecture wrong = conv(6, {1});
  wrong.pixels = 30;
  CHECK(says(message(wrong), {"[top_down]", "30 pixels", "no squares"}));
  CHECK(says(message(conv(5, {1})), {"[top_down]", "25 pixels", "even"}));
  CHECK(says(message(conv(6, {})), {"[top_down]", "not 0"}));
  CHECK(says(message(conv(6, std::vector<std::size_t>(201, 1))), {"[top_down]", "not 201"}));
  wrong = conv(6, {1});
  wrong.channels = {1};
  CHECK(says(message(wrong), {"[top_down]", "two channels"}));
  wrong.channels = {4, 4, 4};
  CHECK(says(message(wrong), {"[top_down]", "for 3 sides, and there are 2"}));
}
