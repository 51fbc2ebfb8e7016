// The program from outside, by exit codes, messages and files: evaluation, pictures and gradcheck.
#include <cmath>
#include <map>
#include <sstream>

#include "tests/tools/program/program.h"

namespace {

using Matrix = std::vector<std::vector<double>>;

std::vector<float> floats(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Matrix read_npy(const std::string& file) {
  const std::vector<float> values = floats(file.substr(file.find('\n') + 1));
  const std::string shape = file.substr(file.find("'shape': (") + 10);
  const std::size_t rows = std::stoul(shape);
  Matrix m(rows);
  for (std::size_t i = 0; i < values.size(); ++i) m[i / (values.size() / rows)].push_back(values[i]);
  return m;
}

std::size_t payload_size(const json& header) {
  std::size_t size = 0;
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") size = std::max(size, entry["data_offsets"][1].get<std::size_t>());
  return size;
}

// The weights of a checkpoint, by name.
std::map<std::string, std::vector<float>> read_weights(const std::string& file) {
  const json header = header_of_safetensors(file);
  const std::string payload = file.substr(file.size() - payload_size(header));
  std::map<std::string, std::vector<float>> weights;
  for (const auto& [name, entry] : header.items())
    if (name != "__metadata__") {
      const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
      weights[name] = floats(payload.substr(begin, end - begin));
    }
  return weights;
}

// torch.nn.Sequential(Linear, Tanh, Linear, …), one row.
std::vector<double> sequential(const std::map<std::string, std::vector<float>>& weights,
                               const std::string& name, std::vector<double> h) {
  for (int layer = 0; weights.count(name + std::to_string(layer) + ".weight"); layer += 2) {
    if (layer)
      for (double& v : h) v = std::tanh(v);
    const std::vector<float>& w = weights.at(name + std::to_string(layer) + ".weight");
    const std::vector<float>& b = weights.at(name + std::to_string(layer) + ".bias");
    std::vector<double> y(b.begin(), b.end());
    for (std::size_t o = 0; o < y.size(); ++o)
      for (std::size_t i = 0; i < h.size(); ++i) y[o] += double(w[o * h.size() + i]) * h[i];
    h = y;
  }
  return h;
}

// The bound of one image, with the closed-form KL, from its formula.
double bound(const std::map<std::string, std::vector<float>>& weights, bool hierarchical,
             const std::vector<double>& x, const std::vector<std::vector<double>>& eps) {
  std::vector<double> z;
  double kl = 0;
  for (std::size_t t = 0; t < eps.size(); ++t) {
    std::vector<double> given = x;
    given.insert(given.end(), z.begin(), z.end());
    const std::size_t Z = eps[t].size();
    const std::string level = std::to_string(t) + ".";
    const std::vector<double> q =
        sequential(weights, hierarchical ? "posterior." + level : "encoder.", given);
    const std::vector<double> p =
        t ? sequential(weights, "prior." + level, z) : std::vector<double>(2 * Z, 0.0);
    for (std::size_t i = 0; i < Z; ++i) {
      const double d = q[i] - p[i], log_ratio = q[Z + i] - p[Z + i];
      kl += 0.5 * (std::exp(log_ratio) + d * d / std::exp(p[Z + i]) - 1 - log_ratio);
      z.push_back(q[i] + std::exp(q[Z + i] / 2) * eps[t][i]);
    }
  }
  const std::vector<double> y = sequential(weights, "decoder.", z);
  double reconstruction = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (weights.count("decoder.log_std")) {
      const double log_std = weights.at("decoder.log_std")[0], d = (x[i] - y[i]) / std::exp(log_std);
      reconstruction -= 0.5 * d * d + log_std + 0.5 * std::log(2 * std::acos(-1.0));
    } else {
      reconstruction += x[i] * y[i] - std::max(y[i], 0.0) - std::log1p(std::exp(-std::abs(y[i])));
    }
  }
  return reconstruction - kl;
}

}  // namespace

TEST_CASE("the exported bound follows from the exported arrays and the weights", "[program]") {
  const std::string options = GENERATE(
      as<std::string>(), "--latent 3", "--latent 3 --likelihood gaussian --ema 0.9",
      "--model autoregressive --latent 4,3,2", "--model autoregressive --latent 4,3,2 --likelihood gaussian");
  INFO(options);
  const bool hierarchical = options.find("autoregressive") != std::string::npos;
  const WorkingDirectory here;
  REQUIRE(here.run("train --data images.npy --hidden 12,10 --learning-rate 0.01 --epochs 4 --quiet --out r " +
                   options)
              .code == 0);
  REQUIRE(here.run("eval r --importance-samples 2 --export e").code == 0);
  const Matrix x = read_npy(here.bytes("e/x.npy")), elbo = read_npy(here.bytes("e/elbo.npy"));
  std::vector<Matrix> eps;
  for (int t = 0; t < (hierarchical ? 3 : 1); ++t)
    eps.push_back(read_npy(here.bytes("e/eps_" + std::to_string(t) + ".npy")));
  auto weights = read_weights(here.bytes("r/last.safetensors"));
  if (options.find("--ema") != std::string::npos)
    for (auto& [name, values] : weights)
      if (weights.count("ema." + name)) values = weights["ema." + name];

  REQUIRE(x.size() == 40);  // a sixth of 240
  REQUIRE(elbo.size() == x.size());
  CHECK(read_npy(here.bytes("e/log_px.npy")).size() == x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<std::vector<double>> eps_i;
    for (const Matrix& level : eps) eps_i.push_back(level.at(i));
    CHECK(elbo[i][0] == Approx(bound(weights, hierarchical, x[i], eps_i)).epsilon(1e-4));
  }
}

TEST_CASE("eval prints one object, and its bound is below log p(x)", "[program]") {
  const std::string options = GENERATE(as<std::string>(), "", "--model autoregressive --levels 2");
  const WorkingDirectory here;
  here.train("--learning-rate 0.01 --epochs 8 --out run " + options);
  const Result r = here.run("eval run --json --importance-samples 500");
  REQUIRE(r.code == 0);
  CHECK(is_one_line(r.out));
  const json e = json::parse(r.out);
  std::set<std::string> keys;
  for (const auto& item : e.items()) keys.insert(item.key());
  CHECK(keys == std::set<std::string>{"data", "split", "checkpoint", "n", "elbo", "elbo_se", "reconstruction",
                                      "kl", "kl_per_level", "evidence", "log_px", "log_px_se",
                                      "bits_per_dimension", "log_px_mc_se", "log_px_gain",
                                      "effective_samples", "pareto_k_median", "pareto_k_above_0.7",
                                      "importance_samples"});
  CHECK(e["n"].get<int>() == 40);
  CHECK(e["importance_samples"].get<int>() == 500);
  CHECK(e["elbo"].get<double>() < e["log_px"].get<double>() + 4 * e["log_px_mc_se"].get<double>());
  CHECK(e["elbo"].get<double>() == Approx(e["reconstruction"].get<double>() - e["kl"].get<double>()));
  for (const json& kl : e["kl_per_level"]) CHECK(kl.get<double>() >= 0);
  CHECK(e["kl_per_level"].size() == (options.empty() ? 1 : 2));
}

TEST_CASE("eval calls a standard error unknown with one importance draw, or with one image", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  const auto nulls = [&](const std::string& options) {
    const json e = json::parse(here.run("eval run --json " + options).out);
    std::set<std::string> names;
    for (const auto& item : e.items())
      if (item.value().is_null()) names.insert(item.key());
    return names;
  };
  CHECK(nulls("--limit 3 --importance-samples 1") ==
        std::set<std::string>{"log_px_mc_se", "log_px_gain", "pareto_k_median", "pareto_k_above_0.7"});
  CHECK(nulls("--limit 1 --importance-samples 2") == std::set<std::string>{"elbo_se", "log_px_se",
                                                                           "log_px_mc_se", "pareto_k_median",
                                                                           "pareto_k_above_0.7"});
  CHECK(nulls("--limit 12 --importance-samples 2") ==
        std::set<std::string>{"pareto_k_median", "pareto_k_above_0.7"});
  CHECK(nulls("--limit 12 --importance-samples 100").empty());
  const std::string text = here.run("eval run --limit 3 --importance-samples 1").out;
  CHECK(text.find("± unknown over 1 importance draw each") != std::string::npos);
  CHECK(text.find("nan") == std::string::npos);
}

TEST_CASE("eval repeats itself, and agrees with the metrics of its epoch", "[program]") {
  const std::string aids = GENERATE(as<std::string>(), "", "--ema 0.99 ");
  const WorkingDirectory here;
  here.train(aids + "--epochs 2 --out run");
  const std::string command = "eval run --json --importance-samples 20";
  const std::string first = here.run(command).out;
  CHECK(first == here.run(command).out);
  CHECK(json::parse(first)["elbo"].get<double>() ==
        Approx(here.metrics("run").back()["elbo"].get<double>()).epsilon(1e-6));
  const std::string previous =
      here.run("eval run --checkpoint previous --split validation --json --importance-samples 2").out;
  CHECK(json::parse(previous)["elbo"].get<double>() ==
        Approx(here.metrics("run")[1]["elbo"].get<double>()).epsilon(1e-6));
}

TEST_CASE("with --ema, reports and pictures are of the averaged weights, in training and afterwards",
          "[program]") {
  const WorkingDirectory here;
  const std::string settings =
      "train --data images.npy --hidden 12 --latent 3 --epochs 2 --learning-rate 0.01 --out ";
  const Result r = here.run(settings + "r --ema 0.99");
  REQUIRE(here.run(settings + "plain").code == 0);
  const double elbo = here.metrics("r").back()["elbo"].get<double>();
  CHECK(std::abs(std::stod(r.out.substr(r.out.find("test bound") + 10)) - elbo) < 0.006);
  CHECK(std::abs(here.metrics("plain").back()["elbo"].get<double>() - elbo) > 0.1);
  CHECK(here.run("sample r -o s.png").code == 0);
  CHECK(here.run("reconstruct r -n 32 -o t.png").code == 0);
  CHECK(here.same("s.png", "r/samples.png"));
  CHECK(here.same("t.png", "r/reconstructions.png"));
  CHECK_FALSE(here.same("plain/samples.png", "r/samples.png"));
}

TEST_CASE("eval reads the checkpoint and the split that it is told", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --out run");
  const auto elbo = [&](const std::string& options) {
    const Result r = here.run("eval run --json --importance-samples 2 " + options);
    INFO(r.err);
    REQUIRE(r.code == 0);
    return json::parse(r.out)["elbo"].get<double>();
  };
  CHECK(elbo("--checkpoint run/previous.safetensors") == elbo("--checkpoint previous"));
  CHECK(elbo("--checkpoint last") != elbo("--checkpoint previous"));
  CHECK(elbo("--checkpoint best") == std::max(elbo("--checkpoint last"), elbo("--checkpoint previous")));
  CHECK(elbo("--split validation") != elbo("--split test"));
  CHECK(elbo("--split train --limit 9") != elbo("--split test --limit 9"));
  CHECK(here.run("eval run --checkpoint absent").code == 66);
  CHECK(here.run("eval run --checkpoint bset").err.find("; did you mean best?") != std::string::npos);
  CHECK(here.run("eval run --checkpoint images.npy").code == 65);
}

TEST_CASE("reports and pictures say of which weights and images they are", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 2 --learning-rate 0.01 --out run");
  const std::string source = "run/last.safetensors, after epoch 2 of 2";
  const std::string text = here.run("eval run --limit 3 --importance-samples 2 --split validation").out;
  CHECK(text.find("3 validation images of ") == 0);
  CHECK(text.find("; " + source + "\n") != std::string::npos);
  CHECK(text.find("± is the standard error") != std::string::npos);
  CHECK(text.find("−") == std::string::npos);
  CHECK(here.run("sample run -o a.png").err == "samples of " + source + "\n");
  CHECK(here.run("reconstruct run -o a.png").err.find(" by " + source + "\n") != std::string::npos);
  const Result earlier = here.run("sample run --checkpoint previous -o a.png");
  CHECK(earlier.err.find("run/previous.safetensors, after epoch 1 of 2") != std::string::npos);
}

TEST_CASE("pictures of a run are not overwritten by others", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  const std::string samples = here.bytes("run/samples.png"), others = here.bytes("run/reconstructions.png");
  CHECK(here.run("sample run -n 3").out == "run/new-samples.png\n");
  CHECK(here.run("reconstruct run -n 3").out == "run/new-reconstructions.png\n");
  CHECK((here.bytes("run/samples.png") == samples));
  CHECK((here.bytes("run/reconstructions.png") == others));
}

TEST_CASE("reconstructions stand under the grey images that they are of", "[program]") {
  const WorkingDirectory here;
  const auto height = [&](const std::string& options) {
    here.train("--epochs 1 --out r --force " + options);
    const std::string png = here.run("reconstruct r -n 8 -o t.png").code == 0 ? here.bytes("t.png") : "";
    return int(static_cast<unsigned char>(png.at(22))) * 256 + static_cast<unsigned char>(png.at(23));
  };
  // Images of 8 rows enlarged tenfold, with separators of 4 pixels.
  CHECK(height("") == 4 + 3 * 84);
  CHECK(height("--likelihood gaussian") == 4 + 2 * 84);
}

TEST_CASE("pictures go where they are told", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  CHECK(here.run("sample run -n 5 --seed 3 -o a.png").out == "a.png\n");
  CHECK(here.run("sample run -n 5 --seed 3 --draw -o b.png").code == 0);
  CHECK(here.run("sample run -n 5 --seed 4 -o c.png").code == 0);
  CHECK(here.run("reconstruct run -n 5 -o d.png").out == "d.png\n");
  for (const std::string name : {"a.png", "b.png", "c.png", "d.png"})
    CHECK(here.bytes(name).substr(1, 3) == "PNG");
  CHECK_FALSE(here.same("a.png", "b.png"));
  CHECK_FALSE(here.same("a.png", "c.png"));
  CHECK(here.run("sample run -o absent/a.png").code == 73);
}

TEST_CASE("gradcheck prints a table or JSON, and refuses a name that nothing has", "[program]") {
  const WorkingDirectory here;
  const Result table = here.run("gradcheck tanh");
  CHECK(table.code == 0);
  CHECK(table.out.find("1 checked, 0 failed") != std::string::npos);
  const Result machine = here.run("gradcheck --json Linear bound");
  CHECK(machine.code == 0);
  const json rows = json::parse(machine.out);
  REQUIRE(rows.size() > 2);
  for (const json& row : rows) {
    CHECK(row.size() == 6);
    for (const char* key : {"name", "kind", "cases", "order1", "order2"}) CHECK(row.contains(key));
    CHECK(row["ok"] == true);
  }
  CHECK(here.run("gradcheck --list").out.find("bound         elbo vae bernoulli analytic\n") !=
        std::string::npos);
  CHECK(here.run("gradcheck tangent").code == 2);
}

TEST_CASE("eval encloses log p(x) of the model's own images, and refuses to of others", "[program]") {
  const WorkingDirectory here;
  here.train("--epochs 1 --out run");
  const Result refused = here.run("eval run --evidence interval");
  CHECK(refused.code == 2);
  CHECK(refused.err.find("--simulate N") != std::string::npos);
  const std::string few = " --temperatures 20 --chains 2";
  const json e = json::parse(here.run("eval run --json --simulate 12 --evidence interval" + few).out);
  CHECK(e["n"] == 12);
  CHECK(e["evidence"] == "interval");
  CHECK(e["log_px"] < e["log_px_upper"]);
  CHECK(e["temperatures"] == 20);
  const Result r = here.run("eval run --limit 5 --evidence ais" + few);
  CHECK(r.out.find("or more") != std::string::npos);
  CHECK(here.run("eval run --evidence exact").code == 2);
}
