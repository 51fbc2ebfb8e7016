// The README's lines of Python: they open a checkpoint, and the bound recomputed in numpy from its weights is
// ours. Where numpy is not installed the test says so and does nothing.
#include "tests/tools/program/program.h"

namespace {

// The first block of Python in the README, for the run r.
std::string readme_python() {
  const std::string readme = content(ELBO_SOURCE_DIR "/README.md"), fence = "```python\n";
  const std::size_t first = readme.find(fence) + fence.size(), last = readme.find("```\n", first);
  std::string code = readme.substr(first, last - first);
  code.replace(code.find("RUN/"), 4, "r/");
  return code;
}

// log p(x|z) − KL(q ‖ N(0, I)) of a VAE with tanh layers and a Bernoulli output, z = μ + σε.
const char* const recomputed_bound = R"(
x, eps, elbo = (numpy.load("e/" + name + ".npy") for name in ("x", "eps_0", "elbo"))
def mlp(name, v):
  h = numpy.tanh(v @ weights[name + ".0.weight"].T + weights[name + ".0.bias"])
  return h @ weights[name + ".2.weight"].T + weights[name + ".2.bias"]
h = mlp("encoder", x)
mu, log_var = h[:, :3], h[:, 3:]
l = mlp("decoder", mu + numpy.exp(log_var / 2) * eps)
log_px = (x * l - numpy.logaddexp(0, l)).sum(1)
kl = 0.5 * (mu ** 2 + numpy.exp(log_var) - 1 - log_var).sum(1)
print(len(x), abs(log_px - kl - elbo).max() / abs(elbo).max())
)";

}  // namespace

TEST_CASE("the README's Python opens a checkpoint, and numpy finds the same bound", "[program]") {
  const WorkingDirectory here;
  std::string python;
  for (const std::string candidate : {"python3", "/usr/bin/python3"})
    if (python.empty() && here.shell(candidate + " -c 'import numpy'").code == 0) python = candidate;
  if (python.empty()) {
    WARN("no python3 with numpy is installed: not tried");
    return;
  }
  here.train("--epochs 2 --out r");
  REQUIRE(here.run("eval r --importance-samples 1 --export e").code == 0);
  put(here / "open.py", readme_python() + recomputed_bound);
  const Result r = here.shell(python + " open.py");
  INFO(r.err);
  REQUIRE(r.code == 0);
  std::istringstream out(r.out);
  int images = 0;
  double error = 1;
  out >> images >> error;
  CHECK(images == 40);
  CHECK(error < 1e-5);
}
