// The memory of training: counted and estimated before it is taken.
#include "tools/run/memory.h"

#include <sys/stat.h>

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "nn/layers/initialization.h"
#include "tests/catch.h"
#include "tests/tools/config/configs.h"
#include "tests/tools/temporary_directory.h"
#include "tools/config/choices.h"
#include "tools/config/make_model.h"
#include "tools/config/objective.h"
#include "tools/config/resolve.h"
#include "vae/missing.h"

using namespace autograd;
using namespace tools;

TEST_CASE("a model larger than the machine is refused before it is allocated", "[memory]") {
  const Outcome o = outcome([] { check_memory(config_of({{"hidden", "100000,100000,100000"}}), 784); });
  CHECK(o.code == exit_usage);
  CHECK(o.message.find("GB") != std::string::npos);
  CHECK(outcome([] { check_memory({}, 784); }).code == 0);
  CHECK(outcome([] { check_memory({}, 784, 1e15); }).code == exit_usage);  // of data
  // Weights and gradients, and for each optimizer its own arrays.
  const auto gigabytes = [](const char* optimizer) {
    const Config c = config_of({{"hidden", "100000,100000,100000"}, {"optimizer", optimizer}});
    const std::string message = outcome([&] { check_memory(c, 784); }).message;
    return std::stod(message.substr(message.find("about ") + 6));
  };
  CHECK(gigabytes("adam") / gigabytes("adagrad") == Approx(4 / 3.0).epsilon(0.01));
  CHECK(gigabytes("rmsprop-centred") / gigabytes("adagrad") == Approx(5 / 3.0).epsilon(0.01));
}

TEST_CASE("weights are counted as they are made, of every model and activation", "[memory]") {
  for (const std::string& model : model_names())
    for (const std::string& activation : activation_names()) {
      const Config c = resolved(
          config_of({{"model", model}, {"activation", activation}, {"hidden", "7,5"}, {"classes", "3"}}));
      const std::unique_ptr<vae::Model> made = make_model(c, 30);
      std::size_t expected = 0;
      for (const auto& [name, parameter] : made->parameters()) expected += parameter->value().size();
      CHECK(count_weights(c, 30) == expected);
    }
}

TEST_CASE("all initializations are counted, and make weights again afterwards", "[memory]") {
  const Shape shape = {6, 5, 2};
  for (const nn::Initialization initial :
       {nn::glorot_uniform, nn::lecun_uniform, nn::he_normal, nn::orthogonal, nn::zero}) {
    {
      const nn::WeightCount counted;
      CHECK(initial(shape, Stream()).size() == 0);
      CHECK(initial(shape, Stream()).shape()[0] == 6);
      CHECK(counted.count() == 120);
    }
    CHECK(initial(shape, Stream()).shape() == shape);
  }
}

TEST_CASE("the tape of a step is estimated from one and two images", "[memory]") {
  const auto options =
      GENERATE(std::map<std::string, std::string>{}, std::map<std::string, std::string>{{"samples", "2"}},
               std::map<std::string, std::string>{
                   {"samples", "7"}, {"model", "autoregressive"}, {"latent", "4,3,2"}, {"kl", "monte-carlo"}},
               std::map<std::string, std::string>{
                   {"bound", "renyi"}, {"gradient", "dreg"}, {"importance-samples", "7"}},
               std::map<std::string, std::string>{
                   {"bound", "iwae"}, {"gradient", "vimco"}, {"importance-samples", "30"}},
               std::map<std::string, std::string>{{"gradient", "score"}, {"samples", "5"}},
               std::map<std::string, std::string>{{"missing", "0.1"}, {"samples", "3"}});
  const std::size_t images = 50, pixels = 60;
  const Config c = resolved(config_of(options));
  const std::unique_ptr<vae::Model> model = make_model(c, pixels);
  Tape tape;
  {
    Step step;
    const Var x = constant(zeros({images, pixels}));
    vae::Observed observed(*model);
    vae::Model& of_step = c.missing > 0 ? static_cast<vae::Model&>(observed) : *model;
    backward(-mean(objective_of(c, of_step, x, Stream()).value));
  }
  // VIMCO's K × K arrays are spread over the batch from two images on.
  const double tolerance = c.gradient == "vimco" ? 0.01 : 0.001;
  INFO(c.bound << " " << c.gradient);
  CHECK(tape_bytes(c, pixels, images) == Approx(double(tape.bytes())).epsilon(tolerance));
}

TEST_CASE("as many rows are scored at once as the memory is for", "[memory]") {
  for (const std::string architecture : {"dense", "conv"}) {
    Config c;
    c.architecture = architecture, c.channels = {8}, c.model = "autoregressive", c.latent = {3, 2};
    const std::unique_ptr<vae::Model> model = make_model(resolved(c), 64);
    const std::size_t rows = rows_within(1e7, *model, 64);
    Tape tape;
    const Evaluation scope;
    vae::log_weights(*model, constant(zeros({rows, 64})), 1, Stream());
    INFO(architecture << ", " << rows << " rows");
    CHECK(double(tape.bytes()) == Approx(1e7).epsilon(0.02));
    CHECK(rows_within(1, *model, 64) == 1);
  }
}

TEST_CASE("the limits of control groups count, of both versions, and of the groups above", "[memory]") {
  const TemporaryDirectory here;
  const auto limit = [&](const std::string& groups) {
    put(here / "groups", groups);
    return memory_of_control_groups((here / "groups").string(), here.path.string());
  };
  std::filesystem::create_directories(here / "a/b");
  std::filesystem::create_directories(here / "memory/c");
  CHECK(std::isinf(limit("0::/a/b\n")));
  put(here / "a/b/memory.max", "max\n");
  CHECK(std::isinf(limit("0::/a/b\n")));
  put(here / "a/memory.max", "3000000000\n");
  CHECK(limit("0::/a/b\n") == 3e9);
  put(here / "a/b/memory.max", "2000000000\n");
  CHECK(limit("0::/a/b\n") == 2e9);
  put(here / "memory.max", "1000000000\n");
  CHECK(limit("0::/\n") == 1e9);
  put(here / "memory/c/memory.limit_in_bytes", "500000000\n");
  CHECK(limit("5:cpu,memory:/c\n0::/\n") == 5e8);
  CHECK(limit("5:cpu:/c\n") == std::numeric_limits<double>::infinity());
  CHECK(std::isinf(limit("nothing\n")));

  // A pipe in the place of a limit is not waited for.
  std::filesystem::create_directories(here / "p");
  REQUIRE(::mkfifo((here / "p/memory.max").c_str(), 0666) == 0);
  CHECK(limit("0::/p\n") == 1e9);  // of the root
}
