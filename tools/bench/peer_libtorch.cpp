// libtorch beside ours: what a user of it would write for the same, in one process. Not a part of the program
// `elbo`, and built on demand where libtorch's headers are (in Debian: the package libtorch-dev):
//
//     ninja -C build tools/elbo-libtorch && build/tools/elbo-libtorch bench ops
//
// Its matrix products run on the same OpenBLAS as ours, which splits them among threads of its own.
#include <torch/torch.h>

#include <map>

#include "autograd/random.h"
#include "tools/bench/peer.h"

extern "C" void openblas_set_num_threads(int);

namespace tools {

namespace {

using torch::Tensor;
using Tensors = std::vector<Tensor>;
using Op = std::function<Tensor(const Tensors&)>;

Tensor tensor(const autograd::Array& a) {
  const std::vector<std::int64_t> shape(a.shape().begin(), a.shape().end());
  return torch::from_blob(const_cast<float*>(a.data()), shape).clone();
}

// By the names of ops.cpp.
std::map<std::string, Op> all_ops() {
  std::map<std::string, Op> ops = {
      {"add", [](const Tensors& x) { return x[0] + x[1]; }},
      {"sub", [](const Tensors& x) { return x[0] - x[1]; }},
      {"mul", [](const Tensors& x) { return x[0] * x[1]; }},
      {"div", [](const Tensors& x) { return x[0] / x[1]; }},
      {"neg", [](const Tensors& x) { return -x[0]; }},
      {"square", [](const Tensors& x) { return torch::square(x[0]); }},
      {"sqrt", [](const Tensors& x) { return torch::sqrt(x[0]); }},
      {"exp", [](const Tensors& x) { return torch::exp(x[0]); }},
      {"expm1", [](const Tensors& x) { return torch::expm1(x[0]); }},
      {"log", [](const Tensors& x) { return torch::log(x[0]); }},
      {"log1p", [](const Tensors& x) { return torch::log1p(x[0]); }},
      {"tanh", [](const Tensors& x) { return torch::tanh(x[0]); }},
      {"sigmoid", [](const Tensors& x) { return torch::sigmoid(x[0]); }},
      {"softplus", [](const Tensors& x) { return torch::softplus(x[0]); }},
      {"log_sigmoid", [](const Tensors& x) { return torch::log_sigmoid(x[0]); }},
      {"relu", [](const Tensors& x) { return torch::relu(x[0]); }},
      {"leaky_relu", [](const Tensors& x) { return torch::leaky_relu(x[0]); }},
      {"elu", [](const Tensors& x) { return torch::elu(x[0], 1.5); }},
      {"silu", [](const Tensors& x) { return torch::silu(x[0]); }},
      {"gelu", [](const Tensors& x) { return torch::gelu(x[0]); }},
      {"greater", [](const Tensors& x) { return (x[0] > x[1]) * x[0]; }},
      {"where", [](const Tensors& x) { return torch::where(x[0] > 0, x[1], x[2]); }},
      {"clamp", [](const Tensors& x) { return torch::clamp(x[0], -1, 1.5); }},
      {"bernoulli_log_prob",
       [](const Tensors& x) {
         return -torch::binary_cross_entropy_with_logits(x[1], x[0], {}, {}, at::Reduction::None);
       }},
      {"pow", [](const Tensors& x) { return torch::pow(x[0], x[1]); }},
      {"abs", [](const Tensors& x) { return torch::abs(x[0]); }},
      {"reciprocal", [](const Tensors& x) { return torch::reciprocal(x[0]); }},
      {"sin", [](const Tensors& x) { return torch::sin(x[0]); }},
      {"cos", [](const Tensors& x) { return torch::cos(x[0]); }},
      {"atan", [](const Tensors& x) { return torch::atan(x[0]); }},
      {"maximum", [](const Tensors& x) { return torch::maximum(x[0], x[1]); }},
      {"minimum", [](const Tensors& x) { return torch::minimum(x[0], x[1]); }},
      {"erf", [](const Tensors& x) { return torch::erf(x[0]); }},
      {"erfc", [](const Tensors& x) { return torch::erfc(x[0]); }},
      {"log_normal_cdf", [](const Tensors& x) { return torch::special::log_ndtr(x[0]); }},
      {"lgamma", [](const Tensors& x) { return torch::lgamma(x[0]); }},
      {"digamma", [](const Tensors& x) { return torch::digamma(x[0]); }},
      {"polygamma", [](const Tensors& x) { return torch::polygamma(2, x[0]); }},
      {"stop_gradient", [](const Tensors& x) { return (x[0] > 0).detach() * x[0]; }},

      {"add row", [](const Tensors& x) { return x[0] + x[1]; }},
      {"add column", [](const Tensors& x) { return x[0] + x[1]; }},
      {"add scalar", [](const Tensors& x) { return x[0] + x[1]; }},
      {"transpose", [](const Tensors& x) { return x[0].t().contiguous(); }},
      {"permute 0231",
       [](const Tensors& x) {
         return x[0].permute({0, 2, 3, 1}).contiguous();
       }},
      {"permute 0312",
       [](const Tensors& x) {
         return x[0].permute({0, 3, 1, 2}).contiguous();
       }},
      {"permute 1023",
       [](const Tensors& x) {
         return x[0].permute({1, 0, 2, 3}).contiguous();
       }},
      {"concat 0", [](const Tensors& x) { return torch::cat(x, 0); }},
      {"concat 1", [](const Tensors& x) { return torch::cat(x, 1); }},
      {"slice 0", [](const Tensors& x) { return x[0].slice(0, 10, -10).clone(); }},
      {"slice 1", [](const Tensors& x) { return x[0].slice(1, 10, -10).contiguous(); }},
  };

  const auto reduction = [&](const std::string& name,
                             const std::function<Tensor(const Tensor&, std::int64_t)>& along,
                             const std::function<Tensor(const Tensor&)>& all) {
    for (const int axis : {0, 1})
      ops[name + " " + std::to_string(axis)] = [=](const Tensors& x) { return along(x[0], axis); };
    if (all) ops[name] = [=](const Tensors& x) { return all(x[0]); };
  };
  using I = std::int64_t;
  reduction(
      "sum", [](const Tensor& x, I axis) { return x.sum(axis); }, [](const Tensor& x) { return x.sum(); });
  reduction(
      "mean", [](const Tensor& x, I axis) { return x.mean(axis); }, [](const Tensor& x) { return x.mean(); });
  reduction(
      "prod", [](const Tensor& x, I axis) { return x.prod(axis); }, [](const Tensor& x) { return x.prod(); });
  reduction(
      "max", [](const Tensor& x, I axis) { return x.amax(axis); }, [](const Tensor& x) { return x.amax(); });
  reduction(
      "min", [](const Tensor& x, I axis) { return x.amin(axis); }, [](const Tensor& x) { return x.amin(); });
  reduction(
      "var", [](const Tensor& x, I axis) { return x.var(axis, false); },
      [](const Tensor& x) { return x.var(false); });
  reduction(
      "norm", [](const Tensor& x, I axis) { return x.norm(2, axis); },
      [](const Tensor& x) { return x.norm(); });
  reduction(
      "logsumexp", [](const Tensor& x, I axis) { return torch::logsumexp(x, axis); },
      [](const Tensor& x) {
        return torch::logsumexp(x, at::IntArrayRef({0, 1}));
      });
  reduction(
      "softmax", [](const Tensor& x, I axis) { return torch::softmax(x, axis); }, nullptr);
  reduction(
      "log_softmax", [](const Tensor& x, I axis) { return torch::log_softmax(x, axis); }, nullptr);
  reduction(
      "cumsum", [](const Tensor& x, I axis) { return torch::cumsum(x, axis); }, nullptr);
  reduction(
      "flip", [](const Tensor& x, I axis) { return torch::flip(x, axis); }, nullptr);
  for (const int axis : {0, 1}) {
    std::vector<std::int64_t> indices;
    for (const std::size_t i : autograd::permutation({}, axis ? 784 : 128))
      indices.push_back(std::int64_t(i));
    const Tensor index = torch::tensor(indices);
    ops["take " + std::to_string(axis)] = [=](const Tensors& x) {
      return torch::index_select(x[0], axis, index);
    };
  }
  return ops;
}

// The gradients by the leaves of a graph that is kept, given y's; as dense arrays, as ours are, where
// libtorch returns a view.
Run gradients(const Tensor& y, const Tensors& leaves) {
  const Tensor y_bar = torch::rand_like(y) + 0.5;
  return [=] {
    for (const Tensor& g : torch::autograd::grad({y}, leaves, {y_bar}, true, false, true))
      if (g.defined()) g.contiguous();
  };
}

class LibTorch : public Peer {
 public:
  const char* name() const override { return "libtorch"; }

  void set_threads(std::size_t threads) override {
    at::set_num_threads(int(threads));
    openblas_set_num_threads(int(threads));
  }

  OpRuns op(const std::string& name, const std::vector<autograd::Array>& inputs) override {
    const auto found = ops_.find(name);
    if (found == ops_.end()) return {};
    Tensors x;
    for (const autograd::Array& input : inputs) x.push_back(tensor(input).requires_grad_());
    const Op& f = found->second;
    return {[=] { f(x); }, gradients(f(x), x)};
  }

  Run chain(std::size_t length, bool broadcast) override {
    const std::int64_t shape = broadcast ? 1 : 4;
    const Tensor x = torch::ones(4).requires_grad_();
    const Tensor a = torch::full(shape, 0.999).requires_grad_(),
                 b = torch::full(shape, 0.001).requires_grad_();
    return [=] {
      Tensor y = x;
      for (std::size_t i = 0; i < length; i += 2) y = y * a + b;
      torch::autograd::grad({y.sum()}, {x, a, b});
    };
  }

  Run step(std::size_t B, std::size_t H, std::size_t Z) override {
    const auto weight = [](std::size_t out, std::size_t in) {
      return (torch::randn({I(out), I(in)}) / std::sqrt(double(in))).detach().requires_grad_();
    };
    const auto bias = [](std::size_t out) { return torch::zeros(I(out)).requires_grad_(); };
    const Tensors p = {weight(H, 784), bias(H), weight(2 * Z, H), bias(2 * Z),
                       weight(H, Z),   bias(H), weight(784, H),   bias(784)};
    const auto adam = std::make_shared<torch::optim::Adam>(p, torch::optim::AdamOptions());
    const Tensor x = torch::rand({I(B), 784});
    return [=] {
      for (const Tensor& parameter : p) parameter.mutable_grad() = Tensor();
      const Tensors moments =
          torch::linear(torch::tanh(torch::linear(x, p[0], p[1])), p[2], p[3]).chunk(2, 1);
      const Tensor mu = moments[0], log_var = moments[1];
      const Tensor z = mu + torch::exp(0.5 * log_var) * torch::randn_like(mu);
      const Tensor logits = torch::linear(torch::tanh(torch::linear(z, p[4], p[5])), p[6], p[7]);
      const Tensor minus_log_px =
          torch::binary_cross_entropy_with_logits(logits, x, {}, {}, at::Reduction::Sum);
      const Tensor kl = 0.5 * (mu * mu + torch::exp(log_var) - 1 - log_var).sum();
      ((minus_log_px + kl) / double(x.size(0))).backward();
      adam->step();
    };
  }

  Run adam(std::size_t parameters) override {
    const Tensor theta = torch::ones(I(parameters)).requires_grad_();
    theta.mutable_grad() = torch::full(I(parameters), 1e-3);
    const auto adam = std::make_shared<torch::optim::Adam>(Tensors{theta}, torch::optim::AdamOptions());
    return [=] { adam->step(); };
  }

  OpRuns conv(const ConvSize& s) override {
    const Tensor x = torch::rand({I(s.B), I(s.C), I(s.S), I(s.S)}).requires_grad_();
    const Tensor W = torch::rand({I(s.C), I(s.C), I(s.K), I(s.K)}).requires_grad_();
    const auto f = [=] { return torch::conv2d(x, W, {}, 1, I(s.K / 2)); };
    return {f, gradients(f(), {x, W})};
  }

 private:
  using I = std::int64_t;
  std::map<std::string, Op> ops_ = all_ops();
};

}  // namespace

std::unique_ptr<Peer> make_peer() { return std::make_unique<LibTorch>(); }

}  // namespace tools
